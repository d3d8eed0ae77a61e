"""The trace: how it is written and read (`wire`), the run that it comes of (`run`), traces in files
(`saved`), and containers that stay up under the sensor for somebody else's tests (`live`)."""

import sys, locale, subprocess
locale.setlocale(locale.LC_ALL, "")
print("report", locale.format_string("%.2f", 1234.5, grouping=True), subprocess.check_output(["redis-cli", "info", "server"], text=True).splitlines()[1])

"""What the C library and common system libraries read at run time."""

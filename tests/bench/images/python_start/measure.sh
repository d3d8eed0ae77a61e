#!/bin/sh
# Takes the time, then becomes the program, which takes it again at the end of its imports. Both
# happen inside of the container, so what starting the container takes does not count.
exec python3 -B /measure/heavy.py "$(date +%s%N)"

"""Servers that tests start on loopback, and in images: each runs as a program, too."""

"""What decides by the rules of Linux: ELF files and their loader."""

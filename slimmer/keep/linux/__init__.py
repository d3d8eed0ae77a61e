"""What decides by the rules of Linux: ELF files and their loader."""

from slimmer.keep.linux.elf import ElfFiles

__all__ = ["ElfFiles"]

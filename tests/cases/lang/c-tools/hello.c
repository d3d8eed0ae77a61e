const char *say(void) { return "hello from a plugin"; }

package main
func Apply(s string) string { return "*" + s + "*" }

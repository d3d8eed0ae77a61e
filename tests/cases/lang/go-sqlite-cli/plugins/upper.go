package main
import "strings"
func Apply(s string) string { return strings.ToUpper(s) }

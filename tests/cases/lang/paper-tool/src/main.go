package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	text "text/template"
	"time"
)

type Profile struct {
	Format   string            `json:"format"`
	Template string            `json:"template"`
	Language string            `json:"language"`
	Zone     string            `json:"zone"`
	Filters  []string          `json:"filters"`
	Data     map[string]string `json:"data"`
}

func env(name, other string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return other
}

var conf = env("PAPER_CONF", "/etc/paper")
var share = env("PAPER_SHARE", "/usr/share/paper")
var libexec = env("PAPER_LIBEXEC", "/usr/libexec/paper")

func die(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "paper:", err)
		os.Exit(1)
	}
}

func load(path string, into interface{}) {
	raw, err := os.ReadFile(path)
	die(err)
	die(json.Unmarshal(raw, into))
}

func render(name string) {
	var p Profile
	load(filepath.Join(conf, "profiles", name+".json"), &p)
	words := map[string]string{}
	load(filepath.Join(conf, "i18n", p.Language+".json"), &words)
	zone, err := time.LoadLocation(p.Zone)
	die(err)
	data := map[string]interface{}{"w": words, "d": p.Data, "zone": zone.String(), "offset": time.Date(2024, 1, 1, 12, 0, 0, 0, zone).Format("-0700")}
	var out strings.Builder
	root := filepath.Join(share, "templates")
	if p.Format == "html" {
		t, err := template.ParseGlob(filepath.Join(root, "parts", "*.html"))
		die(err)
		t, err = t.ParseFiles(filepath.Join(root, "html", p.Template+".html"))
		die(err)
		die(t.ExecuteTemplate(&out, p.Template+".html", data))
	} else {
		t, err := text.ParseFiles(filepath.Join(root, p.Format, p.Template+".txt"))
		die(err)
		die(t.Execute(&out, data))
	}
	result := out.String()
	for _, f := range p.Filters {
		words := strings.Fields(f)
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Stdin = strings.NewReader(result)
		cmd.Stderr = os.Stderr
		b, err := cmd.Output()
		die(err)
		result = string(b)
	}
	fmt.Print(result)
}

func main() {
	if len(os.Args) < 2 {
		fmt.Println("usage: paper render PROFILE | profiles | plugins | PLUGIN ...")
		os.Exit(2)
	}
	switch os.Args[1] {
	case "render":
		render(os.Args[2])
	case "profiles", "plugins":
		dir := filepath.Join(conf, "profiles")
		if os.Args[1] == "plugins" {
			dir = libexec
		}
		entries, err := os.ReadDir(dir)
		die(err)
		names := []string{}
		for _, e := range entries {
			names = append(names, strings.TrimPrefix(strings.TrimSuffix(e.Name(), ".json"), "paper-"))
		}
		sort.Strings(names)
		fmt.Println(strings.Join(names, " "))
	default:
		plugin := filepath.Join(libexec, "paper-"+os.Args[1])
		if _, err := os.Stat(plugin); err != nil {
			fmt.Fprintf(os.Stderr, "paper: no command %q\n", os.Args[1])
			os.Exit(64)
		}
		cmd := exec.Command(plugin, os.Args[2:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			os.Exit(1)
		}
	}
}

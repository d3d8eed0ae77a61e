package main

import (
	"bytes"; "crypto/tls"; "database/sql"; "embed"; "encoding/csv"; "fmt"; "html/template"; "io"; "log"; "mime"; "net"; "net/http"; "net/smtp"; "os"; "os/exec"; "os/signal"; "os/user"; "plugin"; "strings"; "syscall"; "time"; "crypto/x509"
	_ "github.com/mattn/go-sqlite3"
	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"
)

//go:embed templates assets
var files embed.FS

type Config struct { Data string; Plugins []string; Zone string; Tools map[string]string }
var conf Config
var db *sql.DB

func load() { t, err := os.ReadFile(os.Getenv("SHOP_CONFIG")); if err != nil { log.Fatal(err) }; if err = yaml.Unmarshal(t, &conf); err != nil { log.Fatal(err) } }
func open() { var err error; if db, err = sql.Open("sqlite3", conf.Data); err != nil { log.Fatal(err) }
	if _, err = db.Exec("CREATE TABLE IF NOT EXISTS goods (name TEXT PRIMARY KEY, price REAL); INSERT OR IGNORE INTO goods VALUES ('tea', 3), ('cake', 2.5)"); err != nil { log.Fatal(err) } }
func run(in io.Reader, line string) ([]byte, error) { w := strings.Fields(line); c := exec.Command(w[0], w[1:]...); c.Stdin = in; var e bytes.Buffer; c.Stderr = &e; o, err := c.Output(); if err != nil { err = fmt.Errorf("%v: %s", err, e.String()) }; return o, err }
func apply(s string) (string, error) { for _, n := range conf.Plugins { p, err := plugin.Open("/usr/local/lib/shop/" + n + ".so"); if err != nil { return "", err }; f, err := p.Lookup("Apply"); if err != nil { return "", err }; s = f.(func(string) string)(s) }; return s, nil }
func send(w http.ResponseWriter, b []byte, err error) { if err != nil { http.Error(w, "something broke: "+err.Error(), 500); return }; w.Write(b) }

func serve() {
	load(); open(); os.MkdirAll("/tmp/shop", 0755)
	sig := make(chan os.Signal, 1); signal.Notify(sig, syscall.SIGHUP); go func() { for range sig { load(); log.Println("settings read again", conf.Plugins) } }()
	go func() { for range time.Tick(6 * time.Second) { o, err := run(nil, "date +%Z"); log.Println("tick", strings.TrimSpace(string(o)), err) } }()
	m := http.NewServeMux(); t := template.Must(template.ParseFS(files, "templates/*.html")); m.Handle("/assets/", http.FileServer(http.FS(files)))
	m.HandleFunc("/health", func(w http.ResponseWriter, q *http.Request) { fmt.Fprint(w, "ok") })
	m.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) { if q.URL.Path != "/" { http.Error(w, "nothing here", 404); return }; r, _ := db.Query("SELECT name FROM goods ORDER BY name"); var g []string; for r.Next() { var n string; r.Scan(&n); g = append(g, n) }; t.ExecuteTemplate(w, "list.html", map[string]any{"Title": "Shop", "Goods": g}) })
	m.HandleFunc("/csv", func(w http.ResponseWriter, q *http.Request) { c := csv.NewWriter(w); c.Write([]string{"tea", "3"}); c.Flush() })
	m.HandleFunc("/search", func(w http.ResponseWriter, q *http.Request) { var v string; err := db.QueryRow("SELECT json_extract('{\"a\": [1, 2]}', '$.a[1]') || upper(?) || sqlite_version()", q.FormValue("q")).Scan(&v); send(w, []byte(v), err) })
	m.HandleFunc("/plugin", func(w http.ResponseWriter, q *http.Request) { s, err := apply(q.FormValue("s")); send(w, []byte(s), err) })
	m.HandleFunc("/zone", func(w http.ResponseWriter, q *http.Request) { z := q.FormValue("z"); if z == "" { z = conf.Zone }; l, err := time.LoadLocation(z); if err != nil { send(w, nil, err); return }; fmt.Fprint(w, time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC).In(l).Format("15:04 MST")) })
	m.HandleFunc("/thumbnail", func(w http.ResponseWriter, q *http.Request) { o, err := run(q.Body, fmt.Sprintf(conf.Tools["thumbnail"], q.FormValue("as"))); send(w, o, err) })
	m.HandleFunc("/graph", func(w http.ResponseWriter, q *http.Request) { o, err := run(strings.NewReader("digraph { tea -> cake }"), fmt.Sprintf(conf.Tools["graph"], q.FormValue("as"))); send(w, o, err) })
	m.HandleFunc("/postscript", func(w http.ResponseWriter, q *http.Request) { o, err := run(strings.NewReader("/Times-Roman findfont 20 scalefont setfont 50 50 moveto (Tea) show showpage"), fmt.Sprintf(conf.Tools["postscript"], q.FormValue("as"))); send(w, o, err) })
	m.HandleFunc("/mime", func(w http.ResponseWriter, q *http.Request) { fmt.Fprint(w, mime.TypeByExtension(q.FormValue("e"))) })
	m.HandleFunc("/who", func(w http.ResponseWriter, q *http.Request) { u, err := user.Current(); if err != nil { fmt.Fprint(w, "uid ", os.Getuid(), " unknown"); return }; fmt.Fprint(w, "uid ", u.Uid, " ", u.Username) })
	m.HandleFunc("/resolve", func(w http.ResponseWriter, q *http.Request) { a, err := net.LookupHost("localhost"); p, _ := net.LookupPort("tcp", "imaps"); send(w, []byte(fmt.Sprint(a, p)), err) })
	m.HandleFunc("/authorities", func(w http.ResponseWriter, q *http.Request) { p, err := x509.SystemCertPool(); if err == nil { fmt.Fprint(w, "authorities ", len(p.Subjects()) > 50); return }; send(w, nil, err) })
	m.HandleFunc("/fetch", func(w http.ResponseWriter, q *http.Request) { _, err := tls.Dial("tcp", "127.0.0.1:1", nil); fmt.Fprint(w, err) })
	m.HandleFunc("/archive", func(w http.ResponseWriter, q *http.Request) { kind := q.FormValue("as"); os.WriteFile("/tmp/shop/a.txt", []byte("tea"), 0644); line := map[string]string{"zip": "zip -q -j - /tmp/shop/a.txt", "tgz": "tar czf - -C /tmp/shop a.txt", "txz": "tar cJf - -C /tmp/shop a.txt"}[kind]; o, err := run(nil, line); send(w, o, err) })
	m.HandleFunc("/seal", func(w http.ResponseWriter, q *http.Request) { os.MkdirAll("/tmp/gpg", 0700); o, err := run(strings.NewReader("secret"), "gpg --homedir /tmp/gpg --batch --pinentry-mode loopback --passphrase x -a -c"); send(w, o, err) })
	m.HandleFunc("/manual", func(w http.ResponseWriter, q *http.Request) { o, err := run(strings.NewReader(".TH SHOP 1\n.SH NAME\nshop\n"), "groff -man -T"+q.FormValue("as")); send(w, o, err) })
	m.HandleFunc("/key", func(w http.ResponseWriter, q *http.Request) { os.Remove("/tmp/shop/k"); _, err := run(nil, "ssh-keygen -q -t ed25519 -N x -C shop -f /tmp/shop/k"); o, _ := os.ReadFile("/tmp/shop/k.pub"); send(w, o, err) })
	m.HandleFunc("/jq", func(w http.ResponseWriter, q *http.Request) { c := exec.Command("sh", "-c", "jq -c '"+q.FormValue("f")+"'"); c.Stdin = strings.NewReader(`{"a": "x1"}`); o, err := c.Output(); send(w, o, err) })
	m.HandleFunc("/upload", func(w http.ResponseWriter, q *http.Request) { q.ParseMultipartForm(1000); f, h, err := q.FormFile("f"); if err != nil { send(w, nil, err); return }; o, err := run(f, "file -b --mime-type -"); fmt.Fprint(w, h.Filename, " ", h.Size, " ", string(o), err) })
	m.HandleFunc("/mail", func(w http.ResponseWriter, q *http.Request) { l, _ := net.Listen("tcp", "127.0.0.1:2525"); var got bytes.Buffer; go func() { c, _ := l.Accept(); b := make([]byte, 4096); c.Write([]byte("220 x\r\n")); for { n, err := c.Read(b); if err != nil { return }; got.Write(b[:n]); if bytes.HasPrefix(b[:n], []byte("DATA")) { c.Write([]byte("354 x\r\n")) } else if bytes.HasPrefix(b[:n], []byte("QUIT")) { c.Write([]byte("221 x\r\n")) } else { c.Write([]byte("250 x\r\n")) } } }(); err := smtp.SendMail("127.0.0.1:2525", nil, "a@x.example", []string{"b@x.example"}, []byte("Subject: tea\r\n\r\nx\r\n")); l.Close(); send(w, got.Bytes(), err) })
	m.HandleFunc("/crash", func(w http.ResponseWriter, q *http.Request) { defer func() { http.Error(w, fmt.Sprint("something broke: ", recover()), 500) }(); var p *Config; _ = p.Data })
	log.Println("listening"); log.Fatal(http.ListenAndServe(":8080", m))
}

func main() {
	root := &cobra.Command{Use: "shop"}
	root.AddCommand(&cobra.Command{Use: "serve", Short: "the server", Run: func(*cobra.Command, []string) { serve() }})
	root.AddCommand(&cobra.Command{Use: "report", Short: "a report by sqlite3", RunE: func(*cobra.Command, []string) error { load(); open(); o, err := run(nil, "sqlite3 -csv "+conf.Data+" .dump"); os.Stdout.Write(o); return err }})
	root.AddCommand(&cobra.Command{Use: "backup DIR", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, a []string) error { load(); open(); o, err := run(nil, "rsync -a --stats /data/ "+a[0]+"/"); os.Stdout.Write(o); if err == nil { o, err = run(nil, "git -C "+a[0]+" -c user.name=x -c user.email=x@example.com -c init.defaultBranch=main init"); os.Stdout.Write(o) }; return err }})
	if root.Execute() != nil { os.Exit(3) }
}

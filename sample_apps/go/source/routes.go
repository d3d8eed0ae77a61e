package main

import (
	"crypto/x509"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"
)

type tide struct {
	Time  string `json:"time"`
	Level string `json:"level"`
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /{$}", page("index.html", nil))
	mux.HandleFunc("GET /about", page("about.html", map[string]string{"Author": "the harbour office"}))
	mux.HandleFunc("GET /tides/{place}", tides)
	mux.HandleFunc("GET /zone/", zone)
	mux.HandleFunc("GET /type/{ending}", kind)
	mux.HandleFunc("GET /service/{name}", service)
	mux.HandleFunc("GET /authorities", authorities)
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, _ *http.Request) { report(w, who(w)) })
	mux.HandleFunc("POST /notes", notes)
	mux.Handle("GET /public/", http.StripPrefix("/public/", http.FileServer(http.Dir("public"))))
	return mux
}

func report(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func page(name string, values any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		parsed, err := template.ParseFiles("templates/frame.html", "templates/"+name)
		if err == nil {
			err = parsed.ExecuteTemplate(w, "frame.html", values)
		}
		report(w, err)
	}
}

func readTable(place string) ([]tide, error) {
	file, err := os.Open(filepath.Join("/srv/tides/tables", filepath.Base(place)+".csv"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	found := []tide{}
	for _, row := range rows {
		found = append(found, tide{row[0], row[1]})
	}
	return found, nil
}

func printTable(w io.Writer, place string) error {
	rows, err := readTable(place)
	for _, row := range rows {
		fmt.Fprintf(w, "%s %s\n", row.Time, row.Level)
	}
	return err
}

func tides(w http.ResponseWriter, r *http.Request) {
	rows, err := readTable(r.PathValue("place"))
	if os.IsNotExist(err) {
		http.Error(w, "no such place", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	report(w, err)
	_ = json.NewEncoder(w).Encode(rows)
}

func zone(w http.ResponseWriter, r *http.Request) {
	place, err := time.LoadLocation(strings.TrimPrefix(r.URL.Path, "/zone/"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	fmt.Fprintln(w, noon.In(place).Format(time.RFC1123Z), noon.Local().Format("15:04"))
}

func kind(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, mime.TypeByExtension("."+r.PathValue("ending")))
}

func service(w http.ResponseWriter, r *http.Request) {
	port, err := net.LookupPort("tcp", r.PathValue("name"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	fmt.Fprintln(w, port)
}

func authorities(w http.ResponseWriter, _ *http.Request) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		report(w, err)
		return
	}
	own, err := os.ReadFile("/usr/local/share/ca-certificates/harbour.crt")
	fmt.Fprintf(w, "trusted: %t, own: %t\n", len(pool.Subjects()) > 0, err == nil && len(own) > 0)
}

func who(w io.Writer) error {
	found, err := user.Current()
	if err == nil {
		fmt.Fprintln(w, found.Username, found.Name)
	}
	return err
}

func notes(w http.ResponseWriter, r *http.Request) {
	file, err := os.CreateTemp("", "note-*.txt")
	if err != nil {
		report(w, err)
		return
	}
	defer os.Remove(file.Name())
	written, err := io.Copy(file, http.MaxBytesReader(w, r.Body, 1<<16))
	report(w, err)
	fmt.Fprintf(w, "kept %d bytes\n", written)
}

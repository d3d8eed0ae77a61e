/* A small file service: /health, and routes that start programs by name or read the data of the system. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <netdb.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <glob.h>
#include <dlfcn.h>

static void head(FILE *out, int code, const char *type) { fprintf(out, "HTTP/1.0 %d X\r\nContent-Type: %s\r\nConnection: close\r\n\r\n", code, type); }

static void run(FILE *out, const char *type, char *const argv[]) {
  fflush(out);
  int p[2];
  if (pipe(p)) return;
  pid_t pid = fork();
  if (!pid) {
    dup2(p[1], 1); dup2(p[1], 2); close(p[0]); close(p[1]);
    execvp(argv[0], argv);
    _exit(127);
  }
  close(p[1]);
  char *text = NULL; size_t length = 0; FILE *all = open_memstream(&text, &length);
  char b[4096]; ssize_t n; int status;
  while ((n = read(p[0], b, sizeof b)) > 0) fwrite(b, 1, n, all);
  fclose(all); close(p[0]);
  waitpid(pid, &status, 0);
  head(out, WIFEXITED(status) && !WEXITSTATUS(status) ? 200 : 500, type);
  fwrite(text, 1, length, out);
}

static void shell(FILE *out, const char *type, const char *command) { char *argv[] = {"sh", "-c", (char *)command, NULL}; run(out, type, argv); }

static void file(FILE *out, const char *name, int code, const char *type) {
  FILE *f = fopen(name, "r");
  if (!f) { head(out, 500, "text/plain"); fprintf(out, "%s: %s\n", name, strerror(errno)); return; }
  head(out, code, type);
  int c; while ((c = getc(f)) != EOF) putc(c, out);
  fclose(f);
}

static void answer(FILE *out, char *path) {
  char name[256] = "", b[1024];
  if (!strcmp(path, "/health")) { head(out, 200, "text/plain"); fputs("ok\n", out); }
  else if (!strcmp(path, "/")) file(out, "/srv/site/index.html", 200, "text/html");
  else if (sscanf(path, "/tz/%200[A-Za-z/_]", name) == 1) {
    snprintf(b, sizeof b, "/usr/share/zoneinfo/%s", name);
    if (access(b, R_OK)) { file(out, "/srv/site/404.html", 404, "text/html"); return; }
    setenv("TZ", name, 1); tzset();
    time_t t = 1719835200; struct tm tm; localtime_r(&t, &tm); strftime(b, sizeof b, "%F %T %Z", &tm);
    head(out, 200, "text/plain"); fprintf(out, "%s\n", b);
  } else if (!strcmp(path, "/zones")) {
    glob_t g; head(out, 200, "text/plain");
    if (!glob("/usr/share/zoneinfo/Europe/*", 0, NULL, &g)) fprintf(out, "%zu zones\n", g.gl_pathc);
  } else if (sscanf(path, "/word/%200[a-z]", name) == 1) {
    FILE *f = fopen("/usr/share/dict/words", "r"); int found = 0;
    while (f && fgets(b, sizeof b, f)) { b[strcspn(b, "\n")] = 0; if (!strcmp(b, name)) found = 1; }
    if (f) fclose(f);
    head(out, f ? 200 : 500, "text/plain"); fprintf(out, "%s\n", found ? "a word" : "no word");
  } else if (sscanf(path, "/log/%200[a-z]", name) == 1) {
    char *argv[] = {"git", "-C", "/srv/repo", "log", "--format=%s by %an", "--", name, NULL}; run(out, "text/plain", argv);
  } else if (!strcmp(path, "/tar")) shell(out, "application/gzip", "git -C /srv/repo archive HEAD | gzip -9");
  else if (!strcmp(path, "/grep")) shell(out, "text/plain", "git -C /srv/repo grep -n tea");
  else if (!strcmp(path, "/blame")) { char *argv[] = {"git", "-C", "/srv/repo", "blame", "goods", NULL}; run(out, "text/plain", argv); }
  else if (!strcmp(path, "/pdf")) { char *argv[] = {"pdftotext", "-layout", "/srv/site/bill.pdf", "-", NULL}; run(out, "text/plain", argv); }
  else if (!strcmp(path, "/pdf.png")) { char *argv[] = {"pdftoppm", "-png", "-r", "40", "/srv/site/bill.pdf", NULL}; run(out, "image/png", argv); }
  else if (!strcmp(path, "/pdfinfo")) { char *argv[] = {"pdfinfo", "/srv/site/bill.pdf", NULL}; run(out, "text/plain", argv); }
  else if (!strcmp(path, "/kind")) { char *argv[] = {"file", "--mime-type", "/srv/site/bill.pdf", NULL}; run(out, "text/plain", argv); }
  else if (!strcmp(path, "/xz")) shell(out, "application/x-xz", "xz -c /srv/site/index.html");
  else if (!strcmp(path, "/iconv")) {
    iconv_t cd = iconv_open("BIG5", "UTF-8"); char in[] = "中文", *i = in, o[16], *q = o; size_t a = strlen(in), r = sizeof o;
    if (cd == (iconv_t)-1 || iconv(cd, &i, &a, &q, &r) == (size_t)-1) { head(out, 500, "text/plain"); fprintf(out, "%s\n", strerror(errno)); return; }
    head(out, 200, "text/plain"); fwrite(o, 1, q - o, out);
  } else if (sscanf(path, "/day/%200[A-Za-z_.0-9-]", name) == 1) {
    locale_t l = newlocale(LC_ALL_MASK, name, 0);
    head(out, l ? 200 : 500, "text/plain"); fprintf(out, "%s\n", l ? nl_langinfo_l(DAY_2, l) : "no such locale");
  } else if (!strcmp(path, "/service")) { struct servent *s = getservbyname("imaps", "tcp"); head(out, s ? 200 : 500, "text/plain"); fprintf(out, "%d\n", s ? ntohs(s->s_port) : 0); }
  else if (!strcmp(path, "/protocol")) { struct protoent *s = getprotobyname("ospf"); head(out, s ? 200 : 500, "text/plain"); fprintf(out, "%d\n", s ? s->p_proto : 0); }
  else if (sscanf(path, "/user/%200[a-z-]", name) == 1) { struct passwd *u = getpwnam(name); head(out, u ? 200 : 404, "text/plain"); fprintf(out, "%s\n", u ? u->pw_dir : "nobody known"); }
  else if (sscanf(path, "/plugin/%200[a-z]", name) == 1) {
    snprintf(b, sizeof b, "/usr/local/lib/fileservice/%s.so", name);
    void *h = dlopen(b, RTLD_NOW); const char *(*say)(void) = h ? (const char *(*)(void))dlsym(h, "say") : NULL;
    head(out, say ? 200 : 500, "text/plain"); fprintf(out, "%s\n", say ? say() : dlerror());
  } else file(out, "/srv/site/404.html", 404, "text/html");
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(8080)};
  if (bind(s, (void *)&a, sizeof a) || listen(s, 16)) { perror("bind"); return 1; }
  for (;;) {
    int c = accept(s, NULL, NULL);
    if (c < 0) continue;
    while (waitpid(-1, NULL, WNOHANG) > 0);
    if (!fork()) {
      close(s);
      char b[4096], path[1024] = "/"; ssize_t n = read(c, b, sizeof b - 1);
      if (n < 0) n = 0;
      b[n] = 0; sscanf(b, "%*s %1000s", path);
      FILE *out = fdopen(c, "w"); answer(out, path); fclose(out); _exit(0);
    }
    close(c);
  }
}

#!/bin/sh
set -e
rm -rf /tmp/site; mkdir /tmp/site
emacs -Q --batch --eval '(progn (require (quote ox-publish)) (setq org-publish-timestamp-directory "/tmp/ts/" org-publish-project-alist (quote (("w" :base-directory "/srv/wiki/wiki" :publishing-directory "/tmp/site" :exclude "code\\|graph" :auto-sitemap t :publishing-function org-html-publish-to-html)))) (org-publish "w" t))' >/tmp/publish.log 2>&1 || { cat /tmp/publish.log; exit 1; }
cd /tmp && zip -qr site.zip site && unzip -l site.zip | grep -c html

<?php
$conf['title'] = 'Tea wiki';
$conf['lang'] = 'en';
$conf['useacl'] = 1;
$conf['superuser'] = '@admin';
$conf['disableactions'] = 'register';
$conf['userewrite'] = '1';
$conf['im_convert'] = '/usr/bin/convert';
$conf['remote'] = 1;
$conf['remoteuser'] = '';
$conf['license'] = '';
$conf['savedir'] = '/var/lib/dokuwiki/data';
$conf['authtype'] = 'authplain';
$conf['passcrypt'] = 'bcrypt';

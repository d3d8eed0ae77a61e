unit class Handler::Hello; has %.conf;
method handle(@a) { "Hello {@a[0] // 'world'} from %.conf<title>" }

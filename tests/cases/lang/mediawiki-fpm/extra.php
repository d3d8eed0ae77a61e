<?php
wfLoadSkins(['Vector', 'MonoBook', 'Timeless']);
wfLoadExtensions(['ParserFunctions', 'Scribunto', 'SyntaxHighlight_GeSHi', 'Cite', 'WikiEditor']);
$wgScribuntoDefaultEngine = 'luastandalone'; $wgScribuntoEngineConf['luastandalone']['luaPath'] = '/usr/bin/lua5.1';
$wgPygmentizePath = '/usr/bin/pygmentize'; $wgEnableUploads = true; $wgUseImageMagick = true; $wgImageMagickConvertCommand = '/usr/bin/convert';
$wgFileExtensions[] = 'svg'; $wgSVGConverter = 'rsvg'; $wgThumbnailScriptPath = '/thumb.php'; $wgGenerateThumbnailOnParse = false; $wgPasswordSender = 'a@example.com'; $wgUserEmailUseReplyTo = true;
$wgServer = WebRequest::detectServer(); $wgEmailAuthentication = false; $wgShowExceptionDetails = true; $wgArticlePath = '/index.php/$1'; $wgMaxShellMemory = 0; $wgRateLimits = []; $wgMainCacheType = CACHE_ANYTHING;

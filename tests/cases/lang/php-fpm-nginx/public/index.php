<?php
require __DIR__ . '/../src/autoload.php';
use Shop\{Store, View};
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
try {
    if ($path === '/health') { header('Content-Type: text/plain'); echo "ok\n"; exit; }
    if ($path === '/') echo View::show('goods.twig', ['goods' => Store::goods()]);
    elseif (preg_match('#^/export/(\w+)$#', $path, $m) && class_exists($class = 'Shop\\Export\\' . ucfirst($m[1]))) { header('Content-Type: ' . $class::TYPE); echo $class::export(Store::goods()); }
    elseif ($path === '/date') { header('Content-Type: text/plain; charset=utf-8'); echo (new IntlDateFormatter($_GET['locale'], IntlDateFormatter::FULL, IntlDateFormatter::SHORT, $_GET['zone']))->format(1719835200); }
    elseif ($path === '/zone') echo date('H:i T', 1719835200), ' ', (new DateTime('@1719835200'))->setTimezone(new DateTimeZone('Asia/Kolkata'))->format('H:i');
    elseif ($path === '/hello') { setlocale(LC_ALL, 'de_DE.UTF-8'); bindtextdomain('shop', __DIR__ . '/../locale'); textdomain('shop'); echo gettext('Good day'), ' ', strftime2(); }
    elseif ($path === '/badge') { header('Content-Type: image/png'); $i = imagecreatetruecolor(120, 40); imagettftext($i, 14, 0, 5, 25, imagecolorallocate($i, 255, 255, 255), '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', 'hello') or throw new Exception('no text'); imagepng($i); }
    elseif ($path === '/sort') { $words = ['Zebra', 'Äpfel', 'Apfel']; (new Collator('de_DE'))->sort($words); echo implode(' ', $words); }
    elseif ($path === '/ascii') echo transliterator_transliterate('Any-Latin; Latin-ASCII', 'Größe Москва');
    elseif ($path === '/sum') echo bcdiv('1', '3', 30);
    elseif ($path === '/kind') echo (new finfo(FILEINFO_MIME_TYPE))->file('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf');
    elseif ($path === '/session') { session_start(); $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1; echo 'visit ', $_SESSION['n']; }
    elseif ($path === '/upload') echo $_FILES['f']['name'], ' ', $_FILES['f']['size'];
    elseif ($path === '/crypt') echo password_verify('secret', password_hash('secret', PASSWORD_ARGON2ID)) ? 'same' : 'not same', ' ', strlen(openssl_encrypt('x', 'aes-256-gcm', str_repeat('k', 32), 0, str_repeat('i', 12), $tag));
    elseif ($path === '/queue') { file_put_contents(__DIR__ . '/../data/queue/' . preg_replace('/\W/', '', $_GET['name']) . '.job', ''); echo 'queued'; }
    elseif ($path === '/mime') echo iconv_mime_encode('Subject', 'Größe', ['input-charset' => 'UTF-8', 'output-charset' => 'ISO-8859-15']);
    elseif ($path === '/crash') throw new Exception('crash on demand');
    else { http_response_code(404); echo View::show('error.twig', ['why' => 'nothing here']); }
} catch (Throwable $e) { http_response_code(500); echo View::show('error.twig', ['why' => $e->getMessage()]); }
function strftime2() { return (string) @strftime('%A', 1719835200); }

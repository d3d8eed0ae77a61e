<?php
namespace App\Controller;
use Symfony\Bundle\FrameworkBundle\Controller\AbstractController; use Symfony\Component\HttpFoundation\{Request, Response, JsonResponse, BinaryFileResponse}; use Symfony\Component\Form\Extension\Core\Type as T; use Symfony\Component\Validator\Constraints as A;
class Shop extends AbstractController {
  public function __construct(private \Doctrine\DBAL\Connection $c) {}
  private function goods() { return $this->c->fetchAllAssociative('SELECT name, price FROM goods ORDER BY name'); }
  public function home() { return $this->render('home.html.twig', ['goods' => $this->goods(), 'day' => new \DateTime('2024-07-01 12:00 UTC')]); }
  public function staff() { return new Response('hello ' . $this->getUser()->getUserIdentifier()); }
  public function hello(\Symfony\Contracts\Translation\TranslatorInterface $t, Request $q) { return new Response($t->trans('hello', ['name' => 'Ann', 'count' => 2]) . ' ' . \Symfony\Component\Intl\Currencies::getName('EUR', $q->getLocale()) . ' ' . \Symfony\Component\Intl\Languages::getName('fr', $q->getLocale())); }
  public function what(string $what, Request $q, \Symfony\Component\Validator\Validator\ValidatorInterface $v, \Symfony\Component\Serializer\SerializerInterface $s, \Symfony\Component\Mailer\MailerInterface $m, \Symfony\Component\Messenger\MessageBusInterface $b, \Monolog\Logger $log, \Symfony\Component\RateLimiter\RateLimiterFactory $loginLimiter, \Symfony\Contracts\Cache\CacheInterface $cache, \Symfony\Component\Lock\LockFactory $locks, \Symfony\Component\Workflow\WorkflowInterface $orderStateMachine) {
    switch ($what) {
      case 'health': return new Response('ok');
      case 'export': $c = $this->getParameter('exporters')[$q->query->get('as', 'csv')] ?? throw $this->createNotFoundException(); return new Response((new $c)->write($this->goods()), 200, ['Content-Type' => 'text/plain']);
      case 'form': $f = $this->createFormBuilder()->add('name', T\TextType::class, ['constraints' => [new A\Length(['min' => 3])]])->add('country', T\CountryType::class)->add('zone', T\TimezoneType::class)->add('day', T\DateType::class)->add('mail', T\EmailType::class, ['required' => false, 'constraints' => [new A\Email()]])->getForm(); $f->handleRequest($q); return $this->render('form.html.twig', ['form' => $f->createView(), 'ok' => $f->isSubmitted() && $f->isValid()]);
      case 'serial': return new Response($s->serialize($this->goods(), $q->query->get('as', 'xml')), 200, ['Content-Type' => 'text/plain']);
      case 'deserial': return new Response($s->deserialize('{"name": "milk", "price": 1.5}', \App\Goods::class, 'json')->name);
      case 'valid': return new Response((string) $v->validate('xx', [new A\Iban(), new A\Regex('/^y/'), new A\Luhn()]));
      case 'mail': $m->send((new \Symfony\Bridge\Twig\Mime\TemplatedEmail())->from('a@x.example')->to('b@x.example')->subject('é')->htmlTemplate('mail.html.twig')->attach('x', 'a.txt')); return new Response('sent');
      case 'job': $b->dispatch(new \App\Message\Job($q->query->get('name'))); return new Response('queued');
      case 'log': $log->warning('from the page'); return new Response('logged');
      case 'limit': return new Response($loginLimiter->create('x' . $q->query->get('who'))->consume()->isAccepted() ? 'go' : 'stop', 200);
      case 'cache': return new Response($cache->get('x', fn() => 'cached') . apcu_enabled());
      case 'order': $g = new \App\Goods(); $orderStateMachine->apply($g, 'pay'); return new Response($g->getState());
      case 'upload': $f = $q->files->get('f'); return new Response($f->getClientOriginalName() . ' ' . $f->getSize() . ' ' . $f->getMimeType() . ' ' . $f->guessExtension());
      case 'pdf': require_once '/usr/share/php/tcpdf/tcpdf.php'; $p = new \TCPDF(); $p->AddPage(); $p->SetFont($q->query->get('font', 'dejavusans'), '', 12); $p->Write(0, 'Invoice é'); $p->write2DBarcode('x', 'QRCODE'); return new Response($p->Output('x.pdf', 'S'), 200, ['Content-Type' => 'application/pdf']);
      case 'markdown': return new Response((string) (new \League\CommonMark\GithubFlavoredMarkdownConverter())->convert("| a |\n|---|\n| b |\n"));
      case 'file': $f = new \League\Flysystem\Filesystem(new \League\Flysystem\Adapter\Local('/srv/app/var/data')); $f->put('a/b.txt', 'x'); return new Response(json_encode($f->listContents('a'))  . $f->getMimetype('a/b.txt'));
      case 'scrape': $d = new \Symfony\Component\DomCrawler\Crawler('<ul><li class="x">one</li></ul>'); return new Response($d->filter('li.x')->text());
      case 'fetch': try { \Symfony\Component\HttpClient\HttpClient::create()->request('GET', 'https://127.0.0.1:1/')->getContent(); } catch (\Symfony\Contracts\HttpClient\Exception\TransportExceptionInterface $e) { return new Response('refused: ' . $e->getMessage()); }
      case 'session': $n = $q->getSession()->get('n', 0) + 1; $q->getSession()->set('n', $n); return new Response("visit $n");
      case 'eval': return new Response((new \Symfony\Component\ExpressionLanguage\ExpressionLanguage())->evaluate('a ~ "!"', ['a' => 'yes']));
      case 'crash': throw new \LogicException('on demand');
    }
    throw $this->createNotFoundException();
  }
}

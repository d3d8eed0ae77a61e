<?php
namespace App\Command;
use Symfony\Component\Console\Command\Command; use Symfony\Component\Console\Input\InputInterface; use Symfony\Component\Console\Output\OutputInterface; use Symfony\Component\Console\Helper\Table; use Symfony\Component\Process\Process; use Symfony\Component\Intl\Countries;
class Report extends Command { protected static $defaultName = 'app:report'; public function __construct(private \Doctrine\DBAL\Connection $c) { parent::__construct(); }
  protected function execute(InputInterface $i, OutputInterface $o): int { $t = new Table($o); $t->setHeaders(['name', 'price'])->setRows(array_map('array_values', $this->c->fetchAllAssociative('SELECT name, price FROM goods'))); $t->render(); $p = new Process(['php', '-r', 'echo "sub ", PHP_SAPI;']); $p->mustRun(); $o->writeln($p->getOutput() . ' ' . Countries::getName('DE', 'fr')); return 0; } }

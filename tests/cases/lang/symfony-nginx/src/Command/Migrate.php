<?php
namespace App\Command;
use Symfony\Component\Console\Command\Command; use Symfony\Component\Console\Input\InputInterface; use Symfony\Component\Console\Output\OutputInterface; use Symfony\Component\Console\Style\SymfonyStyle;
class Migrate extends Command { protected static $defaultName = 'app:migrate'; public function __construct(private \Doctrine\DBAL\Connection $c) { parent::__construct(); }
  protected function execute(InputInterface $i, OutputInterface $o): int { foreach (glob(dirname(__DIR__, 2) . '/migrations/*.sql') as $f) $this->c->executeStatement(file_get_contents($f)); $o = new SymfonyStyle($i, $o); $o->success('migrated ' . $this->c->fetchOne('SELECT count(*) FROM goods')); return 0; } }

<?php
namespace App;
use Symfony\Component\Messenger\Bridge\Doctrine\Transport\{Connection, DoctrineTransport}; use Symfony\Component\Messenger\Transport\{TransportFactoryInterface, TransportInterface}; use Symfony\Component\Messenger\Transport\Serialization\SerializerInterface;
class QueueFactory implements TransportFactoryInterface { public function __construct(private Connection $c) {}
  public function createTransport(string $dsn, array $options, SerializerInterface $s): TransportInterface { return new DoctrineTransport($this->c, $s); }
  public function supports(string $dsn, array $options): bool { return str_starts_with($dsn, 'appq://'); } }

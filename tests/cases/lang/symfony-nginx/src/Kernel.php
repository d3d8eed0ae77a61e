<?php
namespace App;
use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait; use Symfony\Component\HttpKernel\Kernel as Base; use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator; use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;
class Kernel extends Base { use MicroKernelTrait;
  public function registerBundles(): iterable { foreach (require $this->getProjectDir() . '/config/bundles.php' as $c) yield new $c(); }
  public function getProjectDir(): string { return dirname(__DIR__); }
  protected function configureContainer(ContainerConfigurator $c): void { $c->import('../config/packages/*.yaml'); $c->import('../config/services.yaml'); }
  protected function configureRoutes(RoutingConfigurator $r): void { $r->import('../config/routes.yaml'); } }

<?php return [Symfony\Bundle\FrameworkBundle\FrameworkBundle::class, Symfony\Bundle\TwigBundle\TwigBundle::class, Symfony\Bundle\SecurityBundle\SecurityBundle::class];

<?php

declare(strict_types=1);

namespace Acme\Colours;

final class Mixer
{
    /** The colour between two, each as #rrggbb. */
    public static function mix(string $first, string $second): string
    {
        $between = array_map(
            static fn (string $a, string $b): string => sprintf('%02x', (hexdec($a) + hexdec($b)) >> 1),
            str_split(ltrim($first, '#'), 2),
            str_split(ltrim($second, '#'), 2),
        );
        return Palette::name('#' . implode('', $between));
    }
}

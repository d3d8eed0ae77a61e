<?php

declare(strict_types=1);

namespace Acme\Colours;

final class Palette
{
    /** The name of a colour from the package's own table, or the colour itself. */
    public static function name(string $colour): string
    {
        $names = json_decode(file_get_contents(__DIR__ . '/../palette.json'), true);
        return $names[$colour] ?? $colour;
    }
}

<?php

declare(strict_types=1);

namespace Acme\Markup;

final class Renderer
{
    /** Words in *stars* are emphasised. */
    public function render(string $text): string
    {
        return preg_replace('/\*([^*]+)\*/', '<em>$1</em>', escape($text));
    }
}

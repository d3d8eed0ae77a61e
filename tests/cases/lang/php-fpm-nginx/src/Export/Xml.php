<?php
namespace Shop\Export;
class Xml {
    const TYPE = 'application/xml';
    static function export($goods) {
        $doc = new \DOMDocument; $root = $doc->appendChild($doc->createElement('goods'));
        foreach ($goods as $g) $root->appendChild($doc->createElement('good', $g['name']));
        $xsl = new \DOMDocument; $xsl->load(__DIR__ . '/out.xsl');
        $p = new \XSLTProcessor; $p->importStylesheet($xsl);
        return $p->transformToXml($doc);
    }
}

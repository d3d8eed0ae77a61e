<?php
class syntax_plugin_teatime extends DokuWiki_Syntax_Plugin {
  function getType() { return 'substition'; }
  function getSort() { return 30; }
  function connectTo($mode) { $this->Lexer->addSpecialPattern('\{\{dot>[^}]*\}\}', $mode, 'plugin_teatime'); }
  function handle($match, $state, $pos, Doku_Handler $handler) { return substr($match, 6, -2); }
  function render($mode, Doku_Renderer $r, $data) {
    if ($mode !== 'xhtml') return false;
    $p = proc_open('dot -Tsvg', [['pipe', 'r'], ['pipe', 'w']], $pipes);
    fwrite($pipes[0], "digraph { $data }"); fclose($pipes[0]);
    $svg = stream_get_contents($pipes[1]); proc_close($p);
    $r->doc .= '<div class="teatime">' . $this->getLang('drawn') . substr($svg, strpos($svg, '<svg')) . '</div>';
    return true;
  }
}

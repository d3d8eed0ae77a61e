program report;
{$mode objfpc}{$H+}
uses cthreads, cwstring, sysutils, classes, process, sqldb, sqlite3conn, fpjson, jsonparser, dateutils, zipper, md5;
var c: TSQLite3Connection; t: TSQLTransaction; q: TSQLQuery; s: string; z: TZipper; w: widestring;
begin
  case ParamStr(1) of
  'db': begin
    c := TSQLite3Connection.Create(nil); t := TSQLTransaction.Create(nil); c.DatabaseName := '/tmp/p.db'; c.Transaction := t; c.Open;
    c.ExecuteDirect('create table if not exists g(n text)'); c.ExecuteDirect('insert into g values(''tea'')'); t.Commit;
    q := TSQLQuery.Create(nil); q.Database := c; q.SQL.Text := 'select count(*) from g'; q.Open; writeln('rows ', q.Fields[0].AsString); end;
  'run': begin RunCommand('uname', ['-s'], s); write(s); end;
  'shell': writeln(ExecuteProcess('/bin/sh', ['-c', 'echo shell']));
  'json': writeln(GetJSON('{"a": [1,2]}').FindPath('a[1]').AsInteger);
  'zip': begin z := TZipper.Create; z.FileName := '/tmp/z.zip'; z.Entries.AddFileEntry('/srv/templates/a.html', 'a.html'); z.ZipAllFiles; writeln('zipped'); end;
  'wide': begin w := UTF8Decode('ä'); w := WideUpperCase(w); writeln(UTF8Encode(w)); end;
  'md5': writeln(MD5Print(MD5String('abc')));
  end;
end.

class MagicReader
  def call(_)
    l = Fiddle.dlopen(format('lib%s.so.%d', 'magic', CONF['libs']['magic']))
    o = Fiddle::Function.new(l['magic_open'], [Fiddle::TYPE_INT], Fiddle::TYPE_VOIDP).call(0x10)
    Fiddle::Function.new(l['magic_load'], [Fiddle::TYPE_VOIDP] * 2, Fiddle::TYPE_INT).call(o, nil)
    Fiddle::Function.new(l['magic_file'], [Fiddle::TYPE_VOIDP] * 2, Fiddle::TYPE_VOIDP).call(o, HERE + '/public/dot.gif').to_s
  end
end

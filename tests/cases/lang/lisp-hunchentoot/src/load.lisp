(require :asdf)
(push #p"/opt/teahouse/" asdf:*central-registry*)
(asdf:load-system "teahouse")

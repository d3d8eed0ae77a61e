(:title "Tea house"
 :plugins ("reverse" "chart" "zones" "digest")
 :formats ((:json . :teahouse/json) (:zip . :teahouse/zip))
 :draw "dot" :calculator "/usr/bin/bc")

# SPDX-License-Identifier: BSD-2-Clause
# Owns the picture of a run: gnuplot -c plot.gp DATA SVG; throughput above, each handover below.
load ARG1
if (!exists("terminal")) terminal = "svg dynamic"
set terminal @terminal size 1000,700 font "Helvetica,13" background "white"
set output ARG2
array colour[5] = ["#9ecae1", "#3182bd", "#fdae6b", "#74c476", "#08519c"]
array title[3] = ["DAR1 to DAR2", "DAR2 to DAR3", "DAR3 back to DAR1"]
native = 0x2171b5
tunnelled = 0xe6550d
left = 0.115
right = 0.98

set multiplot
set border 3 lw 0.8 lc rgb "#808080"
set tics nomirror out scale 0.5 textcolor rgb "black"
set style fill solid 1 noborder

# ---- throughput
set lmargin at screen left
set rmargin at screen right
set tmargin at screen 0.865
set bmargin at screen 0.57
set label 99 "A mobile node's flows through two handovers and a return home" at screen left,0.965 font ",17"
set key at screen right,0.912 right center horizontal maxrows 1 samplen 0.8 width -1 font ",12"
set xrange [0:end]
set yrange [0:top]
set xlabel "seconds" offset 0,0.5
set ylabel "Mbit/s received, stacked" offset 0.5,0
do for [i = 1:3] {
	set arrow i from first move[i], graph 0 to first move[i], graph 1 nohead front dt 2 lc rgb "#404040"
	set label i title[i] at first move[i], graph 0.94 left offset 0.6,0 front font ",12"
}
plot for [i = 1:layers] $throughput using 1:(column(i + 1)):(column(i + 2)) with filledcurves \
	lc rgb colour[i] title layer[i]

# ---- handovers, one panel each, in ms after the new link is up
unset key
unset label
unset arrow
unset ylabel
set tmargin at screen 0.40
set bmargin at screen 0.09
set yrange [0.3:8.7]
set xrange [low:high]
set xlabel "ms after the new link is up" offset 0,0.5
set label 98 "Packets of address 1 as they arrive; shaded: the gap, in ms" at screen left,0.475
set label 97 "native" at screen right - 0.19,0.475 right tc rgb native
set label 96 "through the tunnel" at screen right,0.475 right tc rgb tunnelled
width = (right - left) / 3
do for [i = 1:3] {
	set lmargin at screen left + (i - 1) * width + (i - 1) * 0.012
	set rmargin at screen left + i * width - (3 - i) * 0.012
	if (i == 1) {
		set ytics ("link down" 8, "RA" 7, "BU" 6, "BA" 5, "UDP to MN" 4, "UDP to CN" 3, \
			"TCP to MN" 2, "TCP to CN" 1) scale 0
	} else {
		set ytics ("" 1) scale 0
	}
	set title title[i] offset 0,-0.7
	here(n, x) = n == i ? x : NaN
	plot $gaps using (here($1, $2)):4:2:3:($4 - 0.42):($4 + 0.42) with boxxyerror lc rgb "#fee0d2", \
		$links using (here($1, $2)):(8):2:3:(7.75):(8.25) with boxxyerror lc rgb "#bdbdbd", \
		$packets using (here($1, $2)):($3 - 0.3):(0):(0.6):($4 == 1 ? tunnelled : native) \
			with vectors nohead lw 1.3 lc rgb variable, \
		$signs using (here($1, $2)):3:($4 == 1 ? 7 : 6) with points pt variable ps 0.6 lc rgb "#333333", \
		$gaps using (here($1, ($2 + $3) / 2)):4:5 with labels font ",11"
	unset label
}
unset multiplot

;; Pixels one by one: to grey, to the sums behind a picture's features, to the numbers of a tensor.
(module
  (import "picture" "memory" (memory 1))

  ;; Pillow's convert('L'): (19595 R + 38470 G + 7471 B + 2^15) >> 16. The weight of G comes in two halves, since it exceeds 16 bits.
  ;; Reads and writes up to three pixels beyond the end.
  (func (export "grey") (param $source i32) (param $end i32) (param $target i32)
    (local $pixels v128)
    (loop $block
      (local.set $pixels (v128.load (local.get $source)))
      (local.set $pixels (i32x4.shr_u
        (i32x4.add
          (i32x4.add
            (i32x4.dot_i16x8_s
              (i8x16.swizzle (local.get $pixels) (v128.const i8x16 0 -1 1 -1 3 -1 4 -1 6 -1 7 -1 9 -1 10 -1))
              (v128.const i16x8 19595 19235 19595 19235 19595 19235 19595 19235))
            (i32x4.dot_i16x8_s
              (i8x16.swizzle (local.get $pixels) (v128.const i8x16 2 -1 1 -1 5 -1 4 -1 8 -1 7 -1 11 -1 10 -1))
              (v128.const i16x8 7471 19235 7471 19235 7471 19235 7471 19235)))
          (v128.const i32x4 0x8000 0x8000 0x8000 0x8000))
        (i32.const 16)))
      ;; Each lane holds its level in the first of four bytes.
      (v128.store32_lane 0 (local.get $target)
        (i8x16.swizzle (local.get $pixels) (v128.const i8x16 0 4 8 12 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1)))
      (local.set $target (i32.add (local.get $target) (i32.const 4)))
      (br_if $block (i32.lt_u (local.tee $source (i32.add (local.get $source) (i32.const 12))) (local.get $end)))))

  ;; Four RGB pixels at a time: thousandths of luma (299 R + 587 G + 114 B, whole numbers) into `luma`, and into `sums` four lanes each of
  ;; the sums of R, G and B (32 bits) and two of the squares of luma (64 bits). Reads and writes up to three pixels beyond the end, which
  ;; must be black.
  (func (export "sumLuma") (param $source i32) (param $end i32) (param $luma i32) (param $sums i32)
    (local $pixels v128) (local $redGreen v128) (local $blue v128) (local $value v128)
    (local $reds v128) (local $greens v128) (local $blues v128) (local $squares v128)
    (loop $block
      (local.set $pixels (v128.load (local.get $source)))
      (local.set $redGreen (i8x16.swizzle (local.get $pixels) (v128.const i8x16 0 -1 1 -1 3 -1 4 -1 6 -1 7 -1 9 -1 10 -1)))
      (local.set $blue (i8x16.swizzle (local.get $pixels) (v128.const i8x16 2 -1 -1 -1 5 -1 -1 -1 8 -1 -1 -1 11 -1 -1 -1)))
      (local.set $reds (i32x4.add (local.get $reds) (i32x4.dot_i16x8_s (local.get $redGreen) (v128.const i16x8 1 0 1 0 1 0 1 0))))
      (local.set $greens (i32x4.add (local.get $greens) (i32x4.dot_i16x8_s (local.get $redGreen) (v128.const i16x8 0 1 0 1 0 1 0 1))))
      (local.set $blues (i32x4.add (local.get $blues) (local.get $blue)))
      (local.set $value (i32x4.add
        (i32x4.dot_i16x8_s (local.get $redGreen) (v128.const i16x8 299 587 299 587 299 587 299 587))
        (i32x4.dot_i16x8_s (local.get $blue) (v128.const i16x8 114 0 114 0 114 0 114 0))))
      (v128.store (local.get $luma) (local.get $value))
      (local.set $squares (i64x2.add (local.get $squares) (i64x2.add
        (i64x2.extmul_low_i32x4_u (local.get $value) (local.get $value))
        (i64x2.extmul_high_i32x4_u (local.get $value) (local.get $value)))))
      (local.set $luma (i32.add (local.get $luma) (i32.const 16)))
      (br_if $block (i32.lt_u (local.tee $source (i32.add (local.get $source) (i32.const 12))) (local.get $end))))
    (v128.store (local.get $sums) (local.get $reds))
    (v128.store offset=16 (local.get $sums) (local.get $greens))
    (v128.store offset=32 (local.get $sums) (local.get $blues))
    (v128.store offset=48 (local.get $sums) (local.get $squares)))

  ;; The 4-neighbour Laplacian of `luma` over the pixels that have four neighbours: two lanes (64 bits) of its sum, two of its squares.
  ;; Both sides are at least 3. Reads up to three values beyond the end.
  (func (export "sumLaplacian") (param $luma i32) (param $width i32) (param $height i32) (param $sums i32)
    (local $above i32) (local $at i32) (local $below i32) (local $left i32) (local $stride i32)
    (local $value v128) (local $total v128) (local $squares v128)
    (local.set $stride (i32.shl (local.get $width) (i32.const 2)))
    (local.set $height (i32.sub (local.get $height) (i32.const 2)))
    (loop $row
      (local.set $above (local.get $luma))
      (local.set $at (i32.add (local.get $above) (local.get $stride)))
      (local.set $below (i32.add (local.get $at) (local.get $stride)))
      (local.set $left (i32.sub (local.get $width) (i32.const 2)))
      (loop $block
        (local.set $value (i32x4.sub
          (i32x4.add
            (i32x4.add (v128.load offset=4 (local.get $above)) (v128.load offset=4 (local.get $below)))
            (i32x4.add (v128.load (local.get $at)) (v128.load offset=8 (local.get $at))))
          (i32x4.shl (v128.load offset=4 (local.get $at)) (i32.const 2))))
        ;; Of a block that reaches over the end of the row, only what lies before it.
        (local.set $value (v128.and (local.get $value) (i32x4.gt_s (i32x4.splat (local.get $left)) (v128.const i32x4 0 1 2 3))))
        (local.set $total (i64x2.add (local.get $total) (i64x2.add
          (i64x2.extend_low_i32x4_s (local.get $value)) (i64x2.extend_high_i32x4_s (local.get $value)))))
        (local.set $squares (i64x2.add (local.get $squares) (i64x2.add
          (i64x2.extmul_low_i32x4_s (local.get $value) (local.get $value))
          (i64x2.extmul_high_i32x4_s (local.get $value) (local.get $value)))))
        (local.set $above (i32.add (local.get $above) (i32.const 16)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $below (i32.add (local.get $below) (i32.const 16)))
        (br_if $block (i32.gt_s (local.tee $left (i32.sub (local.get $left) (i32.const 4))) (i32.const 0))))
      (local.set $luma (i32.add (local.get $luma) (local.get $stride)))
      (br_if $row (local.tee $height (i32.sub (local.get $height) (i32.const 1)))))
    (v128.store (local.get $sums) (local.get $total))
    (v128.store offset=16 (local.get $sums) (local.get $squares)))

  ;; For each `sourceStep`th byte, the float32 that `table` holds for it, to each `targetStep`th byte of `target`.
  (func (export "lookUp") (param $source i32) (param $end i32) (param $sourceStep i32) (param $table i32) (param $target i32)
    (param $targetStep i32)
    (loop $value
      (f32.store (local.get $target)
        (f32.load (i32.add (local.get $table) (i32.shl (i32.load8_u (local.get $source)) (i32.const 2)))))
      (local.set $target (i32.add (local.get $target) (local.get $targetStep)))
      (br_if $value (i32.lt_u (local.tee $source (i32.add (local.get $source) (local.get $sourceStep))) (local.get $end))))))

;; Sets glyphs into a line of bytes and turns the line to floats, sixteen pixels at a time.
;; Assembled twice by packages/data/kernels/assemble.ts: for memory of one thread, and for memory that threads share.
(module
  (import "line" "memory" (memory 1 65536))

  ;; Sets a line, from one byte to before another: blank, with the glyphs of the places that are listed from $place to
  ;; before $last, each an address of a glyph and one in the line.
  (func (export "set")
    (param $place i32) (param $last i32) (param $from i32) (param $end i32) (param $width i32)
    (memory.fill (local.get $from) (i32.const 0) (i32.sub (local.get $end) (local.get $from)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $place) (local.get $last)))
        (call $add
          (i32.load (local.get $place))
          (i32.load offset=4 (local.get $place))
          (local.get $width))
        (local.set $place (i32.add (local.get $place) (i32.const 8)))
        (br $next))))

  ;; Adds a glyph, 28 rows of 28 bytes, to the line; sums stop at 255. Each row is two vectors: pixels 0-15, and 16-27
  ;; with four zeros, which may reach four bytes past the row and change nothing there.
  (func $add (param $glyph i32) (param $target i32) (param $width i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $glyph) (i32.const 784)))
    (loop $row
      (v128.store (local.get $target)
        (i8x16.add_sat_u (v128.load (local.get $target)) (v128.load (local.get $glyph))))
      (v128.store offset=16 (local.get $target)
        (i8x16.add_sat_u
          (v128.load offset=16 (local.get $target))
          (v128.and
            (v128.load offset=16 (local.get $glyph))
            (v128.const i32x4 -1 -1 -1 0))))
      (local.set $glyph (i32.add (local.get $glyph) (i32.const 28)))
      (local.set $target (i32.add (local.get $target) (local.get $width)))
      (br_if $row (i32.lt_u (local.get $glyph) (local.get $end)))))

  ;; Writes bytes / 255 as floats, a multiple of sixteen of them. A product and its rest come to the very float that a
  ;; division gives, in less time: $most is 1 / 255 in 16 bits, so that a byte's product is exact; $rest is what is left.
  (func (export "toFloats") (param $from i32) (param $end i32) (param $target i32)
    (local $bytes v128)
    (local $half v128)
    (local $four v128)
    (local $most v128)
    (local $rest v128)
    (local.set $most (f32x4.splat (f32.const 0.003921627998352051)))
    (local.set $rest (f32x4.splat (f32.const -5.9370901084321304e-8)))
    (loop $sixteen
      (local.set $bytes (v128.load (local.get $from)))
      (if (v128.any_true (local.get $bytes))
        (then
          (local.set $half (i16x8.extend_low_i8x16_u (local.get $bytes)))
          (v128.store (local.get $target)
            (f32x4.add
              (f32x4.mul
                (local.tee $four (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $half))))
                (local.get $most))
              (f32x4.mul (local.get $four) (local.get $rest))))
          (v128.store offset=16 (local.get $target)
            (f32x4.add
              (f32x4.mul
                (local.tee $four (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $half))))
                (local.get $most))
              (f32x4.mul (local.get $four) (local.get $rest))))
          (local.set $half (i16x8.extend_high_i8x16_u (local.get $bytes)))
          (v128.store offset=32 (local.get $target)
            (f32x4.add
              (f32x4.mul
                (local.tee $four (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $half))))
                (local.get $most))
              (f32x4.mul (local.get $four) (local.get $rest))))
          (v128.store offset=48 (local.get $target)
            (f32x4.add
              (f32x4.mul
                (local.tee $four (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $half))))
                (local.get $most))
              (f32x4.mul (local.get $four) (local.get $rest)))))
        (else
          (v128.store (local.get $target) (local.get $bytes))
          (v128.store offset=16 (local.get $target) (local.get $bytes))
          (v128.store offset=32 (local.get $target) (local.get $bytes))
          (v128.store offset=48 (local.get $target) (local.get $bytes))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $target (i32.add (local.get $target) (i32.const 64)))
      (br_if $sixteen (i32.lt_u (local.get $from) (local.get $end)))))
)

;; The running pre-activations of NADE over float32 in the memory of the wasm backend (Larochelle & Murray 2011):
;;
;;   a_p = base_p + sum over q < p of x_q w_q,   h_p = g(a_p),   z_p = v_p . h_p
;;
;; Positions p = 0 ... D-1 in the order; x [N, D], w and v [D, H], base [D, H] or (stride 0) [H], z [N, D]. Forwards the
;; sum runs up, backwards down again: what is kept is one vector of H a row, not D of them. Rows go in chunks of 8, so
;; that w_p and v_p, once read, serve all of them from the cache. Terms with a factor of exactly 0 are left out.
;;
;; Addresses and sizes in bytes. `end` is 4 H, H a multiple of 8. Kind 0: g is the logistic sigmoid, 1: max(0, a).
;; After a change: `npx vitest run test/unit/backends/fusedNade -u` writes nadeModule.ts.
(module
  (import "tfjs" "memory" (memory 0))

  ;; y += alpha x
  (func $add (param $y i32) (param $x i32) (param $alpha f32) (param $end i32)
    (local $factor v128) (local $stop i32)
    (local.set $factor (f32x4.splat (local.get $alpha)))
    (local.set $stop (i32.add (local.get $x) (local.get $end)))
    (loop $next
      (v128.store (local.get $y)
        (f32x4.add (v128.load (local.get $y))
          (f32x4.mul (local.get $factor) (v128.load (local.get $x)))))
      (v128.store offset=16 (local.get $y)
        (f32x4.add (v128.load offset=16 (local.get $y))
          (f32x4.mul (local.get $factor) (v128.load offset=16 (local.get $x)))))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (local.set $x (i32.add (local.get $x) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $x) (local.get $stop)))))

  ;; x . y, in eight partial sums
  (func $dot (param $x i32) (param $y i32) (param $end i32) (result f32)
    (local $sum v128) (local $more v128) (local $stop i32)
    (local.set $stop (i32.add (local.get $x) (local.get $end)))
    (loop $next
      (local.set $sum
        (f32x4.add (local.get $sum)
          (f32x4.mul (v128.load (local.get $x)) (v128.load (local.get $y)))))
      (local.set $more
        (f32x4.add (local.get $more)
          (f32x4.mul (v128.load offset=16 (local.get $x)) (v128.load offset=16 (local.get $y)))))
      (local.set $x (i32.add (local.get $x) (i32.const 32)))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $x) (local.get $stop))))
    (local.set $sum (f32x4.add (local.get $sum) (local.get $more)))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
      (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))

  ;; h = g(a + base)
  (func $activate (param $a i32) (param $base i32) (param $h i32) (param $end i32) (param $kind i32)
    (local $i i32) (local $t v128) (local $n v128) (local $p v128)
    (local $zero v128) (local $one v128) (local $most v128) (local $least v128) (local $log2e v128) (local $round v128)
    (local $ln2 v128) (local $rest v128)
    (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128) (local $c4 v128) (local $c5 v128)
    (if (local.get $kind)
      (then
        (loop $next
          (v128.store (i32.add (local.get $h) (local.get $i))
            (f32x4.pmax
              (f32x4.add (v128.load (i32.add (local.get $a) (local.get $i)))
                (v128.load (i32.add (local.get $base) (local.get $i))))
              (local.get $zero)))
          (local.set $i (i32.add (local.get $i) (i32.const 16)))
          (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))
      (else
        ;; 1 / (1 + e^t), t = -(a + base) kept to where e^t is a normal number; e^t = 2^n e^r, |r| <= ln(2) / 2, with
        ;; the polynomial of Cephes' expf for e^r: a relative error of 2^-23. NaN passes through every step (pmin and
        ;; pmax give their first operand then).
        (local.set $one (f32x4.splat (f32.const 1)))
        (local.set $most (f32x4.splat (f32.const 88)))
        (local.set $least (f32x4.splat (f32.const -87)))
        (local.set $log2e (f32x4.splat (f32.const 1.44269504)))
        (local.set $round (f32x4.splat (f32.const 12582912)))
        ;; ln 2 in two parts, the first of few digits, so that n times it is exact
        (local.set $ln2 (f32x4.splat (f32.const 0.693359375)))
        (local.set $rest (f32x4.splat (f32.const -2.12194440e-4)))
        (local.set $c0 (f32x4.splat (f32.const 1.9875691500e-4)))
        (local.set $c1 (f32x4.splat (f32.const 1.3981999507e-3)))
        (local.set $c2 (f32x4.splat (f32.const 8.3334519073e-3)))
        (local.set $c3 (f32x4.splat (f32.const 4.1665795894e-2)))
        (local.set $c4 (f32x4.splat (f32.const 1.6666665459e-1)))
        (local.set $c5 (f32x4.splat (f32.const 5.0000001201e-1)))
        (loop $next
          (local.set $t
            (f32x4.pmax
              (f32x4.pmin
                (f32x4.neg
                  (f32x4.add (v128.load (i32.add (local.get $a) (local.get $i)))
                    (v128.load (i32.add (local.get $base) (local.get $i)))))
                (local.get $most))
              (local.get $least)))
          ;; 1.5 * 2^23 leaves no room for a fraction: n stands in the lowest bits
          (local.set $n (f32x4.add (f32x4.mul (local.get $t) (local.get $log2e)) (local.get $round)))
          (local.set $p (f32x4.sub (local.get $n) (local.get $round)))
          (local.set $t (f32x4.sub (local.get $t) (f32x4.mul (local.get $p) (local.get $ln2))))
          (local.set $t (f32x4.sub (local.get $t) (f32x4.mul (local.get $p) (local.get $rest))))
          (local.set $p (f32x4.add (f32x4.mul (local.get $t) (local.get $c0)) (local.get $c1)))
          (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $t)) (local.get $c2)))
          (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $t)) (local.get $c3)))
          (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $t)) (local.get $c4)))
          (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $t)) (local.get $c5)))
          (local.set $p
            (f32x4.add
              (f32x4.mul (f32x4.mul (local.get $t) (local.get $t)) (local.get $p))
              (f32x4.add (local.get $t) (local.get $one))))
          ;; times 2^n by its bits
          (v128.store (i32.add (local.get $h) (local.get $i))
            (f32x4.div (local.get $one)
              (f32x4.add (local.get $one)
                (i32x4.add (local.get $p) (i32x4.shl (local.get $n) (i32.const 23))))))
          (local.set $i (i32.add (local.get $i) (i32.const 16)))
          (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))))

  ;; s += dz v g'(a), g' by h = g(a): h (1 - h), or 1 where h > 0
  (func $pull (param $s i32) (param $h i32) (param $v i32) (param $dz f32) (param $end i32) (param $kind i32)
    (local $i i32) (local $factor v128) (local $g v128) (local $one v128) (local $zero v128)
    (local.set $factor (f32x4.splat (local.get $dz)))
    (local.set $one (f32x4.splat (f32.const 1)))
    (loop $next
      (local.set $g (v128.load (i32.add (local.get $h) (local.get $i))))
      (if (local.get $kind)
        (then (local.set $g (v128.and (f32x4.gt (local.get $g) (local.get $zero)) (local.get $one))))
        (else (local.set $g (f32x4.mul (local.get $g) (f32x4.sub (local.get $one) (local.get $g))))))
      (v128.store (i32.add (local.get $s) (local.get $i))
        (f32x4.add (v128.load (i32.add (local.get $s) (local.get $i)))
          (f32x4.mul (local.get $g)
            (f32x4.mul (local.get $factor) (v128.load (i32.add (local.get $v) (local.get $i)))))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $end)))))

  ;; `a` and `h` are room for 8 vectors and for one.
  (func (export "forward")
    (param $x i32) (param $w i32) (param $base i32) (param $v i32) (param $z i32) (param $a i32) (param $h i32)
    (param $rows i32) (param $positions i32) (param $end i32) (param $stride i32) (param $kind i32)
    (local $row i32) (local $p i32) (local $at i32) (local $stop i32) (local $run i32) (local $value f32)
    (local $width i32)
    (local.set $width (i32.shl (local.get $positions) (i32.const 2)))
    (block $done
      (loop $chunk
        (br_if $done (i32.ge_s (local.get $row) (local.get $rows)))
        (local.set $stop (i32.add (local.get $row) (i32.const 8)))
        (if (i32.gt_s (local.get $stop) (local.get $rows)) (then (local.set $stop (local.get $rows))))
        (memory.fill (local.get $a) (i32.const 0) (i32.shl (local.get $end) (i32.const 3)))
        (local.set $p (i32.const 0))
        (loop $position
          (local.set $run (local.get $a))
          (local.set $at
            (i32.add (i32.mul (local.get $row) (local.get $width)) (i32.shl (local.get $p) (i32.const 2))))
          (loop $next
            (call $activate (local.get $run)
              (i32.add (local.get $base) (i32.mul (local.get $p) (local.get $stride)))
              (local.get $h) (local.get $end) (local.get $kind))
            (f32.store (i32.add (local.get $z) (local.get $at))
              (call $dot (local.get $h) (i32.add (local.get $v) (i32.mul (local.get $p) (local.get $end)))
                (local.get $end)))
            (local.set $value (f32.load (i32.add (local.get $x) (local.get $at))))
            (if (f32.ne (local.get $value) (f32.const 0))
              (then
                (call $add (local.get $run) (i32.add (local.get $w) (i32.mul (local.get $p) (local.get $end)))
                  (local.get $value) (local.get $end))))
            (local.set $run (i32.add (local.get $run) (local.get $end)))
            (local.set $at (i32.add (local.get $at) (local.get $width)))
            (br_if $next
              (i32.lt_u (local.get $run)
                (i32.add (local.get $a)
                  (i32.mul (i32.sub (local.get $stop) (local.get $row)) (local.get $end))))))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br_if $position (i32.lt_s (local.get $p) (local.get $positions))))
        (local.set $row (local.get $stop))
        (br $chunk))))

  ;; Adds to dw, dv [D, H] and db [H]; sets dx [N, D] unless its address is 0. `a` and `s` are room for 8 vectors, `h` for one.
  (func (export "backward")
    (param $x i32) (param $w i32) (param $base i32) (param $v i32) (param $dz i32)
    (param $dx i32) (param $dw i32) (param $dv i32) (param $db i32) (param $a i32) (param $s i32) (param $h i32)
    (param $rows i32) (param $positions i32) (param $end i32) (param $stride i32) (param $kind i32)
    (local $row i32) (local $p i32) (local $at i32) (local $stop i32) (local $run i32) (local $sum i32)
    (local $value f32) (local $width i32) (local $runEnd i32) (local $offset i32)
    (local.set $width (i32.shl (local.get $positions) (i32.const 2)))
    (block $done
      (loop $chunk
        (br_if $done (i32.ge_s (local.get $row) (local.get $rows)))
        (local.set $stop (i32.add (local.get $row) (i32.const 8)))
        (if (i32.gt_s (local.get $stop) (local.get $rows)) (then (local.set $stop (local.get $rows))))
        (local.set $runEnd
          (i32.add (local.get $a) (i32.mul (i32.sub (local.get $stop) (local.get $row)) (local.get $end))))
        (memory.fill (local.get $a) (i32.const 0) (i32.shl (local.get $end) (i32.const 3)))
        (memory.fill (local.get $s) (i32.const 0) (i32.shl (local.get $end) (i32.const 3)))
        ;; up to the last position
        (local.set $p (i32.const 0))
        (loop $position
          (local.set $run (local.get $a))
          (local.set $at
            (i32.add (i32.mul (local.get $row) (local.get $width)) (i32.shl (local.get $p) (i32.const 2))))
          (loop $next
            (local.set $value (f32.load (i32.add (local.get $x) (local.get $at))))
            (if (f32.ne (local.get $value) (f32.const 0))
              (then
                (call $add (local.get $run) (i32.add (local.get $w) (i32.mul (local.get $p) (local.get $end)))
                  (local.get $value) (local.get $end))))
            (local.set $run (i32.add (local.get $run) (local.get $end)))
            (local.set $at (i32.add (local.get $at) (local.get $width)))
            (br_if $next (i32.lt_u (local.get $run) (local.get $runEnd))))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br_if $position (i32.lt_s (local.get $p) (local.get $positions))))
        ;; and down again: s holds what all later positions want of the pre-activation
        (loop $position
          (local.set $p (i32.sub (local.get $p) (i32.const 1)))
          (local.set $offset (i32.mul (local.get $p) (local.get $end)))
          (local.set $run (local.get $a))
          (local.set $sum (local.get $s))
          (local.set $at
            (i32.add (i32.mul (local.get $row) (local.get $width)) (i32.shl (local.get $p) (i32.const 2))))
          (loop $next
            (local.set $value (f32.load (i32.add (local.get $x) (local.get $at))))
            (if (f32.ne (local.get $value) (f32.const 0))
              (then
                (call $add (local.get $run) (i32.add (local.get $w) (local.get $offset))
                  (f32.neg (local.get $value)) (local.get $end))
                (call $add (i32.add (local.get $dw) (local.get $offset)) (local.get $sum)
                  (local.get $value) (local.get $end))))
            (if (local.get $dx)
              (then
                (f32.store (i32.add (local.get $dx) (local.get $at))
                  (call $dot (local.get $sum) (i32.add (local.get $w) (local.get $offset)) (local.get $end)))))
            (local.set $value (f32.load (i32.add (local.get $dz) (local.get $at))))
            (if (f32.ne (local.get $value) (f32.const 0))
              (then
                (call $activate (local.get $run)
                  (i32.add (local.get $base) (i32.mul (local.get $p) (local.get $stride)))
                  (local.get $h) (local.get $end) (local.get $kind))
                (call $add (i32.add (local.get $dv) (local.get $offset)) (local.get $h)
                  (local.get $value) (local.get $end))
                (call $pull (local.get $sum) (local.get $h) (i32.add (local.get $v) (local.get $offset))
                  (local.get $value) (local.get $end) (local.get $kind))))
            (local.set $run (i32.add (local.get $run) (local.get $end)))
            (local.set $sum (i32.add (local.get $sum) (local.get $end)))
            (local.set $at (i32.add (local.get $at) (local.get $width)))
            (br_if $next (i32.lt_u (local.get $run) (local.get $runEnd))))
          (br_if $position (local.get $p)))
        (local.set $run (local.get $s))
        (loop $next
          (call $add (local.get $db) (local.get $run) (f32.const 1) (local.get $end))
          (local.set $run (i32.add (local.get $run) (local.get $end)))
          (br_if $next
            (i32.lt_u (local.get $run)
              (i32.add (local.get $s)
                (i32.mul (i32.sub (local.get $stop) (local.get $row)) (local.get $end))))))
        (local.set $row (local.get $stop))
        (br $chunk)))))

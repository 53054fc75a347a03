;; One step of a recurrent cell over float32 in the memory of the wasm backend, forwards and back, four units at a time.
;; The equations stand in src/layers/recurrent/cells.ts.
;;
;; Arrays are row-major, [rows, H] or gates of H side by side. Addresses in bytes; `size` is 4 H, H a multiple of 4. What
;; is written does not overlap what is read.
;; After a change: `npx vitest run --update --project unit test/unit/backends/fusedCells.test.ts` writes cellsModule.ts.
(module
  (import "tfjs" "memory" (memory 0))

  ;; to = sigma(from), or tanh(from); the two may be one array.
  (func $activate (param $from i32) (param $to i32) (param $bytes i32) (param $isTanh i32)
    (local $i i32) (local $x v128) (local $t v128) (local $n v128) (local $p v128)
    (local $one v128) (local $most v128) (local $least v128) (local $log2e v128) (local $round v128)
    (local $ln2 v128) (local $rest v128)
    (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128) (local $c4 v128) (local $c5 v128)
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
      (local.set $x (v128.load (i32.add (local.get $from) (local.get $i))))
      ;; q = 1 / (1 + e^t): sigma(x) is that of t = -x, tanh(|x|) is 1 - 2 q of t = 2 |x|
      (if (local.get $isTanh)
        (then
          (local.set $t (f32x4.abs (local.get $x)))
          (local.set $t (f32x4.add (local.get $t) (local.get $t))))
        (else (local.set $t (f32x4.neg (local.get $x)))))
      ;; t kept to where e^t is a normal number; e^t = 2^n e^r, |r| <= ln(2) / 2, with the polynomial of Cephes' expf
      ;; for e^r: a relative error of 2^-23. NaN passes through every step (pmin and pmax give their first operand then).
      (local.set $t (f32x4.pmax (f32x4.pmin (local.get $t) (local.get $most)) (local.get $least)))
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
      (local.set $p
        (f32x4.div (local.get $one)
          (f32x4.add (local.get $one)
            (i32x4.add (local.get $p) (i32x4.shl (local.get $n) (i32.const 23))))))
      (if (local.get $isTanh)
        (then
          (local.set $p (f32x4.sub (local.get $one) (f32x4.add (local.get $p) (local.get $p))))
          ;; with the sign of x
          (local.set $p
            (v128.bitselect (local.get $x) (local.get $p) (f32x4.splat (f32.const -0))))
          ;; near 0, where 1 - 2 q loses digits, the polynomial of Cephes' tanhf
          (local.set $t (f32x4.mul (local.get $x) (local.get $x)))
          (local.set $n (f32x4.splat (f32.const -5.70498872745e-3)))
          (local.set $n (f32x4.add (f32x4.mul (local.get $n) (local.get $t)) (f32x4.splat (f32.const 2.06390887954e-2))))
          (local.set $n (f32x4.add (f32x4.mul (local.get $n) (local.get $t)) (f32x4.splat (f32.const -5.37397155531e-2))))
          (local.set $n (f32x4.add (f32x4.mul (local.get $n) (local.get $t)) (f32x4.splat (f32.const 1.33314422036e-1))))
          (local.set $n (f32x4.add (f32x4.mul (local.get $n) (local.get $t)) (f32x4.splat (f32.const -3.33332819422e-1))))
          (local.set $n
            (f32x4.add (local.get $x)
              (f32x4.mul (local.get $x) (f32x4.mul (local.get $t) (local.get $n)))))
          (local.set $p
            (v128.bitselect (local.get $n) (local.get $p)
              (f32x4.lt (local.get $t) (f32x4.splat (f32.const 0.390625)))))))
      (v128.store (i32.add (local.get $to) (local.get $i)) (local.get $p))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $bytes)))))

  ;; to = a + b; `to` may be one of the two.
  (func $add (param $a i32) (param $b i32) (param $to i32) (param $bytes i32)
    (local $i i32)
    (loop $next
      (v128.store (i32.add (local.get $to) (local.get $i))
        (f32x4.add (v128.load (i32.add (local.get $a) (local.get $i)))
          (v128.load (i32.add (local.get $b) (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $bytes)))))

  ;; a b + c d
  (func $products (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $to i32) (param $bytes i32)
    (local $i i32)
    (loop $next
      (v128.store (i32.add (local.get $to) (local.get $i))
        (f32x4.add
          (f32x4.mul (v128.load (i32.add (local.get $a) (local.get $i)))
            (v128.load (i32.add (local.get $b) (local.get $i))))
          (f32x4.mul (v128.load (i32.add (local.get $c) (local.get $i)))
            (v128.load (i32.add (local.get $d) (local.get $i))))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $bytes)))))

  (func $product (param $a i32) (param $b i32) (param $to i32) (param $bytes i32)
    (local $i i32)
    (loop $next
      (v128.store (i32.add (local.get $to) (local.get $i))
        (f32x4.mul (v128.load (i32.add (local.get $a) (local.get $i)))
          (v128.load (i32.add (local.get $b) (local.get $i)))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $bytes)))))

  ;; y (1 - y)
  (func $slopeOfSigmoid (param $y v128) (result v128)
    (f32x4.mul (local.get $y) (f32x4.sub (f32x4.splat (f32.const 1)) (local.get $y))))

  ;; 1 - y y
  (func $slopeOfTanh (param $y v128) (result v128)
    (f32x4.sub (f32x4.splat (f32.const 1)) (f32x4.mul (local.get $y) (local.get $y))))

  (func (export "rnnForward") (param $zx i32) (param $zh i32) (param $h i32) (param $rows i32) (param $size i32)
    (local $bytes i32)
    (local.set $bytes (i32.mul (local.get $rows) (local.get $size)))
    (call $add (local.get $zx) (local.get $zh) (local.get $h) (local.get $bytes))
    (call $activate (local.get $h) (local.get $h) (local.get $bytes) (i32.const 1)))

  (func (export "rnnBackward") (param $dh i32) (param $h i32) (param $dz i32) (param $rows i32) (param $size i32)
    (local $i i32) (local $bytes i32)
    (local.set $bytes (i32.mul (local.get $rows) (local.get $size)))
    (loop $next
      (v128.store (i32.add (local.get $dz) (local.get $i))
        (f32x4.mul (v128.load (i32.add (local.get $dh) (local.get $i)))
          (call $slopeOfTanh (v128.load (i32.add (local.get $h) (local.get $i))))))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $bytes)))))

  ;; saved [rows, 5 H]: input, forget and output gate, candidate, tanh of the new memory
  (func (export "lstmForward")
    (param $zx i32) (param $zh i32) (param $c i32) (param $saved i32) (param $h i32) (param $next i32)
    (param $rows i32) (param $size i32)
    (local $two i32) (local $three i32) (local $four i32)
    (local.set $two (i32.shl (local.get $size) (i32.const 1)))
    (local.set $three (i32.add (local.get $two) (local.get $size)))
    (local.set $four (i32.shl (local.get $size) (i32.const 2)))
    (loop $row
      (call $add (local.get $zx) (local.get $zh) (local.get $saved) (local.get $four))
      (call $activate (local.get $saved) (local.get $saved) (local.get $three) (i32.const 0))
      (call $activate (i32.add (local.get $saved) (local.get $three)) (i32.add (local.get $saved) (local.get $three))
        (local.get $size) (i32.const 1))
      (call $products
        (i32.add (local.get $saved) (local.get $size)) (local.get $c)
        (local.get $saved) (i32.add (local.get $saved) (local.get $three))
        (local.get $next) (local.get $size))
      (call $activate (local.get $next) (i32.add (local.get $saved) (local.get $four)) (local.get $size) (i32.const 1))
      (call $product (i32.add (local.get $saved) (local.get $two)) (i32.add (local.get $saved) (local.get $four))
        (local.get $h) (local.get $size))
      (local.set $zx (i32.add (local.get $zx) (local.get $four)))
      (local.set $zh (i32.add (local.get $zh) (local.get $four)))
      (local.set $c (i32.add (local.get $c) (local.get $size)))
      (local.set $h (i32.add (local.get $h) (local.get $size)))
      (local.set $next (i32.add (local.get $next) (local.get $size)))
      (local.set $saved (i32.add (local.get $saved) (i32.add (local.get $four) (local.get $size))))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  (func (export "lstmBackward")
    (param $dh i32) (param $dc i32) (param $c i32) (param $saved i32) (param $dz i32) (param $before i32)
    (param $rows i32) (param $size i32)
    (local $j i32) (local $at i32)
    (local $dMemory v128) (local $in v128) (local $forget v128) (local $out v128) (local $candidate v128)
    (local $seen v128) (local $pull v128)
    (loop $row
      (local.set $j (i32.const 0))
      (loop $unit
        (local.set $at (i32.add (local.get $saved) (local.get $j)))
        (local.set $in (v128.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $size)))
        (local.set $forget (v128.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $size)))
        (local.set $out (v128.load (local.get $at)))
        (local.set $at (i32.add (local.get $at) (local.get $size)))
        (local.set $candidate (v128.load (local.get $at)))
        (local.set $seen (v128.load (i32.add (local.get $at) (local.get $size))))
        (local.set $pull (v128.load (i32.add (local.get $dh) (local.get $j))))
        (local.set $dMemory
          (f32x4.add (v128.load (i32.add (local.get $dc) (local.get $j)))
            (f32x4.mul (f32x4.mul (local.get $pull) (local.get $out)) (call $slopeOfTanh (local.get $seen)))))
        (local.set $at (i32.add (local.get $dz) (local.get $j)))
        (v128.store (local.get $at)
          (f32x4.mul (f32x4.mul (local.get $dMemory) (local.get $candidate))
            (call $slopeOfSigmoid (local.get $in))))
        (local.set $at (i32.add (local.get $at) (local.get $size)))
        (v128.store (local.get $at)
          (f32x4.mul (f32x4.mul (local.get $dMemory) (v128.load (i32.add (local.get $c) (local.get $j))))
            (call $slopeOfSigmoid (local.get $forget))))
        (local.set $at (i32.add (local.get $at) (local.get $size)))
        (v128.store (local.get $at)
          (f32x4.mul (f32x4.mul (local.get $pull) (local.get $seen)) (call $slopeOfSigmoid (local.get $out))))
        (local.set $at (i32.add (local.get $at) (local.get $size)))
        (v128.store (local.get $at)
          (f32x4.mul (f32x4.mul (local.get $dMemory) (local.get $in)) (call $slopeOfTanh (local.get $candidate))))
        (v128.store (i32.add (local.get $before) (local.get $j)) (f32x4.mul (local.get $dMemory) (local.get $forget)))
        (local.set $j (i32.add (local.get $j) (i32.const 16)))
        (br_if $unit (i32.lt_u (local.get $j) (local.get $size))))
      (local.set $dh (i32.add (local.get $dh) (local.get $size)))
      (local.set $dc (i32.add (local.get $dc) (local.get $size)))
      (local.set $c (i32.add (local.get $c) (local.get $size)))
      (local.set $before (i32.add (local.get $before) (local.get $size)))
      (local.set $dz (i32.add (local.get $dz) (i32.shl (local.get $size) (i32.const 2))))
      (local.set $saved (i32.add (local.get $saved) (i32.mul (local.get $size) (i32.const 5))))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; saved [rows, 4 H]: reset and update gate, candidate, what the state contributes to it
  (func (export "gruForward")
    (param $zx i32) (param $zh i32) (param $before i32) (param $saved i32) (param $h i32)
    (param $rows i32) (param $size i32)
    (local $two i32) (local $three i32) (local $four i32) (local $j i32) (local $candidate v128)
    (local.set $two (i32.shl (local.get $size) (i32.const 1)))
    (local.set $three (i32.add (local.get $two) (local.get $size)))
    (local.set $four (i32.shl (local.get $size) (i32.const 2)))
    (loop $row
      (call $add (local.get $zx) (local.get $zh) (local.get $saved) (local.get $two))
      (call $activate (local.get $saved) (local.get $saved) (local.get $two) (i32.const 0))
      (memory.copy (i32.add (local.get $saved) (local.get $three)) (i32.add (local.get $zh) (local.get $two))
        (local.get $size))
      (call $product (local.get $saved) (i32.add (local.get $saved) (local.get $three))
        (i32.add (local.get $saved) (local.get $two)) (local.get $size))
      (call $add (i32.add (local.get $zx) (local.get $two)) (i32.add (local.get $saved) (local.get $two))
        (i32.add (local.get $saved) (local.get $two)) (local.get $size))
      (call $activate (i32.add (local.get $saved) (local.get $two)) (i32.add (local.get $saved) (local.get $two))
        (local.get $size) (i32.const 1))
      (local.set $j (i32.const 0))
      (loop $unit
        (local.set $candidate (v128.load (i32.add (i32.add (local.get $saved) (local.get $two)) (local.get $j))))
        (v128.store (i32.add (local.get $h) (local.get $j))
          (f32x4.add (local.get $candidate)
            (f32x4.mul (v128.load (i32.add (i32.add (local.get $saved) (local.get $size)) (local.get $j)))
              (f32x4.sub (v128.load (i32.add (local.get $before) (local.get $j))) (local.get $candidate)))))
        (local.set $j (i32.add (local.get $j) (i32.const 16)))
        (br_if $unit (i32.lt_u (local.get $j) (local.get $size))))
      (local.set $zx (i32.add (local.get $zx) (local.get $three)))
      (local.set $zh (i32.add (local.get $zh) (local.get $three)))
      (local.set $before (i32.add (local.get $before) (local.get $size)))
      (local.set $h (i32.add (local.get $h) (local.get $size)))
      (local.set $saved (i32.add (local.get $saved) (local.get $four)))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  (func (export "gruBackward")
    (param $dh i32) (param $before i32) (param $saved i32) (param $dzx i32) (param $dzh i32) (param $dBefore i32)
    (param $rows i32) (param $size i32)
    (local $j i32) (local $at i32) (local $two i32) (local $one v128)
    (local $pull v128) (local $reset v128) (local $update v128) (local $candidate v128) (local $dCandidate v128)
    (local $d v128)
    (local.set $one (f32x4.splat (f32.const 1)))
    (local.set $two (i32.shl (local.get $size) (i32.const 1)))
    (loop $row
      (local.set $j (i32.const 0))
      (loop $unit
        (local.set $at (i32.add (local.get $saved) (local.get $j)))
        (local.set $reset (v128.load (local.get $at)))
        (local.set $update (v128.load (i32.add (local.get $at) (local.get $size))))
        (local.set $at (i32.add (local.get $at) (local.get $two)))
        (local.set $candidate (v128.load (local.get $at)))
        (local.set $pull (v128.load (i32.add (local.get $dh) (local.get $j))))
        (local.set $dCandidate
          (f32x4.mul (f32x4.mul (local.get $pull) (f32x4.sub (local.get $one) (local.get $update)))
            (call $slopeOfTanh (local.get $candidate))))
        ;; of the reset gate
        (local.set $d
          (f32x4.mul (f32x4.mul (local.get $dCandidate) (v128.load (i32.add (local.get $at) (local.get $size))))
            (call $slopeOfSigmoid (local.get $reset))))
        (v128.store (i32.add (local.get $dzx) (local.get $j)) (local.get $d))
        (v128.store (i32.add (local.get $dzh) (local.get $j)) (local.get $d))
        ;; of the update gate
        (local.set $d
          (f32x4.mul
            (f32x4.mul (local.get $pull)
              (f32x4.sub (v128.load (i32.add (local.get $before) (local.get $j))) (local.get $candidate)))
            (call $slopeOfSigmoid (local.get $update))))
        (v128.store (i32.add (i32.add (local.get $dzx) (local.get $size)) (local.get $j)) (local.get $d))
        (v128.store (i32.add (i32.add (local.get $dzh) (local.get $size)) (local.get $j)) (local.get $d))
        (v128.store (i32.add (i32.add (local.get $dzx) (local.get $two)) (local.get $j)) (local.get $dCandidate))
        (v128.store (i32.add (i32.add (local.get $dzh) (local.get $two)) (local.get $j))
          (f32x4.mul (local.get $dCandidate) (local.get $reset)))
        (v128.store (i32.add (local.get $dBefore) (local.get $j)) (f32x4.mul (local.get $pull) (local.get $update)))
        (local.set $j (i32.add (local.get $j) (i32.const 16)))
        (br_if $unit (i32.lt_u (local.get $j) (local.get $size))))
      (local.set $dh (i32.add (local.get $dh) (local.get $size)))
      (local.set $before (i32.add (local.get $before) (local.get $size)))
      (local.set $dBefore (i32.add (local.get $dBefore) (local.get $size)))
      (local.set $dzx (i32.add (local.get $dzx) (i32.add (local.get $two) (local.get $size))))
      (local.set $dzh (i32.add (local.get $dzh) (i32.add (local.get $two) (local.get $size))))
      (local.set $saved (i32.add (local.get $saved) (i32.shl (local.get $size) (i32.const 2))))
      (br_if $row (local.tee $rows (i32.sub (local.get $rows) (i32.const 1)))))))

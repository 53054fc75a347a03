;; One step of Adam over arrays of float32 in the memory of the wasm backend, four values at a time.
;;
;;   m' = beta1 m + (1 - beta1) g,  v' = beta2 v + (1 - beta2) g g,  p' = p - stepSize m' / (sqrt(v') + floor)
;;
;; Addresses in bytes; `end` is the length in bytes, a multiple of 16. Each output may stand where its input stood; else they
;; overlap none of the inputs.
;; After a change: `npx vitest run test/unit/backends/fusedAdam -u` writes adamModule.ts.
(module
  (import "tfjs" "memory" (memory 0))
  (func (export "adam")
    (param $p i32) (param $g i32) (param $m i32) (param $v i32)
    (param $nextP i32) (param $nextM i32) (param $nextV i32) (param $end i32)
    (param $beta1 f32) (param $beta2 f32) (param $rest1 f32) (param $rest2 f32) (param $stepSize f32) (param $floor f32)
    (local $i i32)
    (local $gradient v128) (local $first v128) (local $second v128)
    (local $b1 v128) (local $b2 v128) (local $r1 v128) (local $r2 v128) (local $eta v128) (local $eps v128)
    (local.set $b1 (f32x4.splat (local.get $beta1)))
    (local.set $b2 (f32x4.splat (local.get $beta2)))
    (local.set $r1 (f32x4.splat (local.get $rest1)))
    (local.set $r2 (f32x4.splat (local.get $rest2)))
    (local.set $eta (f32x4.splat (local.get $stepSize)))
    (local.set $eps (f32x4.splat (local.get $floor)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $end)))
        (local.set $gradient (v128.load (i32.add (local.get $g) (local.get $i))))
        (local.set $first
          (f32x4.add
            (f32x4.mul (local.get $b1) (v128.load (i32.add (local.get $m) (local.get $i))))
            (f32x4.mul (local.get $r1) (local.get $gradient))))
        (local.set $second
          (f32x4.add
            (f32x4.mul (local.get $b2) (v128.load (i32.add (local.get $v) (local.get $i))))
            (f32x4.mul (local.get $r2) (f32x4.mul (local.get $gradient) (local.get $gradient)))))
        (v128.store (i32.add (local.get $nextM) (local.get $i)) (local.get $first))
        (v128.store (i32.add (local.get $nextV) (local.get $i)) (local.get $second))
        (v128.store (i32.add (local.get $nextP) (local.get $i))
          (f32x4.sub (v128.load (i32.add (local.get $p) (local.get $i)))
            (f32x4.div (f32x4.mul (local.get $eta) (local.get $first))
              (f32x4.add (f32x4.sqrt (local.get $second)) (local.get $eps)))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br $next))))
  ;; Whether the absolute values of an array are all below a limit; NaN is not.
  (func (export "bounded") (param $values i32) (param $end i32) (param $limit f32) (result i32)
    (local $i i32) (local $most v128) (local $all v128)
    (local.set $most (f32x4.splat (local.get $limit)))
    (local.set $all (v128.const i32x4 -1 -1 -1 -1))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $end)))
        (local.set $all
          (v128.and (local.get $all)
            (f32x4.lt (f32x4.abs (v128.load (i32.add (local.get $values) (local.get $i)))) (local.get $most))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br $next)))
    (i32x4.all_true (local.get $all))))

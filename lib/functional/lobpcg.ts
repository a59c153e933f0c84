/** https://docs.pytorch.org/docs/2.13/generated/torch.lobpcg.html */

import { AssertionError } from '../base/errors';
import { sameShape, sizeText } from '../base/text';
import { dtypes } from '../base/types';
import { _linalg, _torch } from '../tensor/namespaces';
import type { Tensor } from '../tensor/tensor';
import * as signatures from './generated/torch';
import { differentiable } from './lobpcg_gradient';
import { floatingDType, product } from './lowrank';
import { norm } from './norm';

export type LobpcgMethod = 'basic' | 'ortho';

/** What an iteration works with. */
export interface LobpcgWorker {
  readonly ivars: Record<string, number>;
  readonly fvars: Record<string, number>;
  readonly tvars: Record<string, Tensor>;
  readonly bvars: Record<string, boolean>;
  E: Tensor;
  X: Tensor;
  R: Tensor;
}

/** Looks at each iteration; `worker.bvars.force_stop = true` ends them. */
export type LobpcgTracker = (worker: LobpcgWorker) => void;

interface Settings {
  readonly n: number;
  readonly k: number;
  readonly niter: number;
  readonly tol: number;
  readonly largest: boolean;
  readonly method: LobpcgMethod;
  readonly tracker: LobpcgTracker | null;
  readonly ortho: Required<OrthoIntegers> & Required<OrthoFloats> & Required<OrthoFlags>;
}

export interface OrthoIntegers {
  ortho_i_max?: number;
  ortho_j_max?: number;
}
export interface OrthoFloats {
  ortho_tol?: number;
  ortho_tol_drop?: number;
  ortho_tol_replace?: number;
}
export interface OrthoFlags {
  ortho_use_drop?: boolean;
}

/** Sᵀ A S. */
function form(A: Tensor | null, S: Tensor): Tensor {
  return S.mT.matmul(product(A, S));
}

function eigen(A: Tensor, largest: boolean): [values: Tensor, vectors: Tensor] {
  const [E, Z] = _linalg.eigh(A, 'U');
  return largest ? [E.flip([-1]), Z.flip([-1])] : [E, Z];
}

function size(x: Tensor): number {
  return norm(x).item();
}

/** Columns from..to of a matrix. */
function columns(x: Tensor, from: number, to: number): Tensor {
  return x.narrow(1, from, to - from);
}

/** One run on a matrix A (m, m), with B for the generalized problem and iK to precondition. */
class Run implements LobpcgWorker {
  readonly ivars: Record<string, number> = { istep: 0 };
  readonly fvars: Record<string, number> = {};
  readonly tvars: Record<string, Tensor> = {};
  readonly bvars: Record<string, boolean> = {};
  E: Tensor;
  R: Tensor;
  private readonly S: Tensor;

  constructor(
    private readonly A: Tensor,
    private readonly B: Tensor | null,
    public X: Tensor,
    private readonly iK: Tensor | null,
    private readonly settings: Settings,
  ) {
    const { n } = settings;
    const [m] = X.shape as [number];
    const like = { dtype: X.dtype, device: X.device };
    this.E = _torch.zeros([n], like);
    this.R = _torch.zeros([m, n], like);
    this.S = _torch.zeros([m, 3 * n], like);
    this.X = X.clone();
  }

  run(): void {
    this.begin();
    do {
      if (this.ivars.istep === 0) this.first();
      else this.next();
      this.ivars.iterations_left!--;
      this.ivars.istep!++;
      this.settings.tracker?.(this);
    } while (!this.finished());
  }

  private finished(): boolean {
    const { iterations_left, converged_count } = this.ivars;
    return this.bvars.force_stop === true || iterations_left === 0 || converged_count! >= this.settings.k;
  }

  private begin(): void {
    const length = size(this.X);
    this.fvars.X_norm = length;
    this.fvars.A_norm = size(product(this.A, this.X)) / length;
    this.fvars.B_norm = size(product(this.B, this.X)) / length;
    Object.assign(this.ivars, { iterations_left: this.settings.niter, converged_count: 0, converged_end: 0 });
  }

  private updateResidual(): void {
    this.R = product(this.A, this.X).sub(product(this.B, this.X).mul(this.E));
  }

  /** The leading pairs whose residual is small enough; their number never falls. */
  private countConverged(): number {
    const { A_norm, B_norm } = this.fvars as { A_norm: number; B_norm: number };
    const scale = this.E.abs().mul(B_norm).add(A_norm);
    const errors = norm(this.R, 2, [0]).div(norm(this.X, 2, [0]).mul(scale));
    const flags = errors.lt(this.settings.tol).tolist() as boolean[];
    const open = flags.indexOf(false);
    const count = open < 0 ? flags.length : open;
    const before = this.ivars.converged_count!;
    if (count < before) {
      throw new AssertionError(`the number of converged eigenpairs (was ${before}, got ${count}) cannot decrease`);
    }
    this.ivars.converged_count = count;
    this.tvars.rerr = errors;
    return count;
  }

  /** Puts the search space together: the vectors, the last step P, and the residuals W. */
  private arrange(P: Tensor | null, W: Tensor): void {
    const { n } = this.settings;
    columns(this.S, 0, n).copy_(this.X);
    const middle = n + (P === null ? 0 : P.shape[1]!);
    if (P !== null) columns(this.S, n, middle).copy_(P);
    const end = middle + W.shape[1]!;
    columns(this.S, middle, end).copy_(W);
    this.ivars.converged_end = end;
  }

  /** The residuals as new directions, preconditioned or made orthogonal to the others. */
  private directions(from: number, others: Tensor): Tensor {
    const residuals = columns(this.R, from, this.R.shape[1]!);
    return this.settings.method === 'ortho' ? this.orthogonal(residuals, others) : product(this.iK, residuals);
  }

  private first(): void {
    const ritz = this.rayleighRitz(this.X);
    const [E, Z] = eigen(form(form(this.A, this.X), ritz), this.settings.largest);
    this.X = this.X.matmul(ritz.matmul(Z));
    if (this.settings.method === 'basic') this.E.copy_(E);
    this.updateResidual();
    this.countConverged();
    this.arrange(null, this.directions(0, this.X));
  }

  private next(): void {
    const { n, method } = this.settings;
    const nc = this.ivars.converged_count!;
    const space = columns(this.S, nc, this.ivars.converged_end!);
    const [P, fresh, values] = method === 'ortho' ? this.stepOrtho(space, nc) : this.stepBasic(space, nc);
    columns(this.X, nc, n).copy_(fresh);
    this.E.narrow(0, nc, n - nc).copy_(values.narrow(0, 0, n - nc));
    this.updateResidual();
    const converged = this.countConverged();
    const known = n + P.shape[1]!;
    columns(this.S, 0, n).copy_(this.X);
    columns(this.S, n, known).copy_(P);
    this.arrange(P, this.directions(converged, columns(this.S, 0, known)));
  }

  private stepOrtho(space: Tensor, nc: number): [P: Tensor, X: Tensor, E: Tensor] {
    const { n, largest } = this.settings;
    const [E, Z] = eigen(form(this.A, space), largest);
    const [rows, width] = Z.shape as [number, number];
    const corner = Z.narrow(0, 0, n - nc).narrow(1, n - nc, width - (n - nc));
    const basis = _linalg.qr(corner.mT)[0];
    const P = space.matmul(columns(Z, n - nc, width).matmul(basis));
    return [P, space.matmul(columns(Z, 0, Math.min(n - nc, rows))), E];
  }

  private stepBasic(space: Tensor, nc: number): [P: Tensor, X: Tensor, E: Tensor] {
    const { n, largest } = this.settings;
    const ritz = this.rayleighRitz(space);
    const [E, Z] = eigen(form(form(this.A, space), ritz), largest);
    const P = space.matmul(ritz.matmul(columns(Z, n, Math.min(2 * n - nc, Z.shape[1]!))));
    return [P, space.matmul(ritz.matmul(columns(Z, 0, n - nc))), E];
  }

  /** The transform that makes S orthonormal in the product of B. */
  private rayleighRitz(S: Tensor): Tensor {
    const gram = form(this.B, S);
    const rows = gram.diagonal(0, -2, -1).pow(-0.5);
    const R = _linalg.cholesky(gram.mul(rows).mul(rows.unsqueeze(1)), { upper: true });
    return _linalg.solve_triangular(R, rows.diag_embed(), { upper: true, left: false });
  }

  /** U with columns orthonormal in the product of B; nearly dependent ones dropped or replaced. */
  private svqb(given: Tensor, drop: boolean, tau: number): Tensor {
    if (given.numel() === 0) return given;
    let U = given;
    let gram = form(this.B, U);
    const used = gram.diagonal(0, -2, -1).ne(0).nonzero().squeeze(1);
    if (used.numel() < U.shape[1]!) {
      U = U.index_select(1, used);
      if (U.numel() === 0) return U;
      gram = form(this.B, U);
    }
    let scale = gram.diagonal(0, -2, -1).pow(-0.5).unsqueeze(1);
    let [E, Z] = eigen(gram.mul(scale).mul(scale.mT), false);
    const least = E.abs().max().mul(tau);
    if (drop) {
      const keep = E.gt(least).nonzero().squeeze(1);
      [E, Z, scale] = [E.index_select(0, keep), Z.index_select(1, keep), scale.index_select(0, keep)];
    } else {
      E = _torch.where(E.lt(least), least, E);
    }
    return U.mul(scale.mT).matmul(Z.mul(E.pow(-0.5)));
  }

  /** U made orthonormal and orthogonal to V, in the product of B. */
  private orthogonal(given: Tensor, V: Tensor): Tensor {
    const { ortho_i_max, ortho_j_max, ortho_tol, ortho_tol_drop, ortho_tol_replace, ortho_use_drop } =
      this.settings.ortho;
    const lengthV = size(product(this.B, V));
    let U = given;
    let overlap = V.mT.matmul(product(this.B, U));
    for (let i = 0; i < ortho_i_max; i++) {
      U = U.sub(V.matmul(overlap));
      let BU = product(this.B, U);
      for (let j = 0; j < ortho_j_max; j++) {
        U = ortho_use_drop
          ? this.svqb(U, j > 0, j > 0 ? ortho_tol_replace : ortho_tol_drop)
          : this.svqb(U, false, ortho_tol_replace);
        if (U.numel() === 0) return U;
        BU = product(this.B, U);
        const gram = U.mT.matmul(BU);
        const identity = _torch.eye(gram.shape.at(-1)!, { device: gram.device, dtype: gram.dtype });
        const error = size(gram.sub(identity)) / (size(BU) * size(U));
        this.fvars[`ortho_UBUmI_rerr[${i}, ${j}]`] = error;
        if (error < ortho_tol) break;
      }
      overlap = V.mT.matmul(BU);
      const error = size(overlap) / (lengthV * size(U));
      this.fvars[`ortho_VBU_rerr[${i}]`] = error;
      if (error < ortho_tol) break;
      this.checkRoom(U, V);
    }
    return U;
  }

  private checkRoom(U: Tensor, V: Tensor): void {
    const [m] = this.X.shape as [number];
    const [inU, inV] = [U.shape.at(-1)!, V.shape.at(-1)!];
    if (m >= inU + inV) return;
    throw new RangeError(
      `Overdetermined shape of U: #B-cols(=${this.B?.shape.at(-1) ?? m}) >= #U-cols(=${inU}) + #V-cols(=${inV}) must hold`,
    );
  }
}

function checkShapes(A: Tensor, B: Tensor | null, m: number, n: number): void {
  const { shape } = A;
  if (shape.at(-2) !== shape.at(-1)) throw new AssertionError(`A must be square, got shape ${sizeText(shape)}`);
  if (B !== null && !sameShape(shape, B.shape)) {
    throw new AssertionError(`A and B must have same shape, got ${sizeText(shape)} vs ${sizeText(B.shape)}`);
  }
  if (m >= 3 * n) return;
  throw new RangeError(
    `LOBPCG algorithm is not applicable when the number of A rows (=${m}) is smaller than 3 x the number of requested ` +
      `eigenpairs (=${n})`,
  );
}

/**
 * The k largest (or smallest) eigenvalues of a symmetric positive definite A (*, m, m), or of the problem A x = λ B x,
 * and their vectors. A may be sparse. Gradients are not computed.
 * https://docs.pytorch.org/docs/2.13/generated/torch.lobpcg.html
 */
export function lobpcg(...args: signatures.LobpcgArgs): [values: Tensor, vectors: Tensor] {
  const [A, k, B, X, n, iK, niter, tol, largest, method, tracker, integers, floats, flags] =
    signatures.lobpcg.list(args);
  const m = A.shape.at(-1)!;
  const pairs = k ?? X?.shape.at(-1) ?? 1;
  const width = X?.shape.at(-1) ?? n ?? pairs;
  checkShapes(A, B, m, width);
  const dtype = floatingDType(A);
  const tolerance = tol ?? Math.sqrt(dtype === dtypes.float64 ? 2.23e-16 : 1.2e-7);
  const settings: Settings = {
    n: width,
    k: pairs,
    niter: niter ?? 1000,
    tol: tolerance,
    largest: largest ?? true,
    method: method ?? 'ortho',
    tracker,
    ortho: {
      ortho_i_max: 3,
      ortho_j_max: 3,
      ortho_tol: tolerance,
      ortho_tol_drop: tolerance,
      ortho_tol_replace: tolerance,
      ortho_use_drop: false,
      ...integers,
      ...floats,
      ...flags,
    },
  };
  const solve = (matrix: Tensor, other: Tensor | null, start: Tensor | null): [Tensor, Tensor] => {
    const from = start ?? _torch.randn([m, width], { dtype, device: A.device });
    const run = new Run(matrix, other, from, iK, settings);
    run.run();
    return [run.E.narrow(0, 0, pairs), columns(run.X, 0, pairs)];
  };
  const compute = (matrix: Tensor, other: Tensor | null): [Tensor, Tensor] =>
    matrix.dim() === 2 ? solve(matrix, other, X) : solveBatch(matrix, other, X, solve);
  if (!A.requires_grad && !B?.requires_grad) return compute(A, B);
  return differentiable(A, B, settings.largest, compute);
}

type Solve = (A: Tensor, B: Tensor | null, X: Tensor | null) => [Tensor, Tensor];

/** Each matrix of a batch by itself. */
function solveBatch(A: Tensor, B: Tensor | null, X: Tensor | null, solve: Solve): [Tensor, Tensor] {
  const batch = A.shape.slice(0, -2);
  const matrices = (x: Tensor) => x.reshape([-1, ...x.shape.slice(-2)]).unbind(0);
  const [others, starts] = [B === null ? null : matrices(B), X === null ? null : matrices(X)];
  const results = matrices(A).map((matrix, i) => solve(matrix, others?.[i] ?? null, starts?.[i] ?? null));
  const stacked = (part: 0 | 1) => {
    const all = _torch.stack(results.map((result) => result[part]));
    return all.reshape([...batch, ...all.shape.slice(1)]);
  };
  return [stacked(0), stacked(1)];
}

/** A latent unit is active where Cov_x(E_q[z|x]) is above this (Burda, Grosse & Salakhutdinov 2016, section 5.1). */
export const ACTIVE = 0.01;

#include "native/slam/essential_solver.h"

#include <Eigen/Dense>
#include <cmath>

namespace sense::slam {
namespace {

// Polynomials in x, y, z up to the third degree, in the order of the monomials
// x3 x2y xy2 y3 x2z xyz y2z xz2 yz2 z3 | x2 xy y2 xz yz z2 x y z 1.
constexpr int kMonomials = 20;
using Polynomial = Eigen::Matrix<double, kMonomials, 1>;

struct Powers {
  int x, y, z;
};
constexpr std::array<Powers, kMonomials> kPowers = {
    {{3, 0, 0}, {2, 1, 0}, {1, 2, 0}, {0, 3, 0}, {2, 0, 1}, {1, 1, 1},
     {0, 2, 1}, {1, 0, 2}, {0, 1, 2}, {0, 0, 3}, {2, 0, 0}, {1, 1, 0},
     {0, 2, 0}, {1, 0, 1}, {0, 1, 1}, {0, 0, 2}, {1, 0, 0}, {0, 1, 0},
     {0, 0, 1}, {0, 0, 0}}};
constexpr int kX = 16, kY = 17, kZ = 18, kOne = 19;

// Which monomial the product of two is; -1 beyond the third degree.
struct Products {
  std::array<std::array<int, kMonomials>, kMonomials> of;

  Products() {
    for (int a = 0; a < kMonomials; ++a) {
      for (int b = 0; b < kMonomials; ++b) of[a][b] = Find(a, b);
    }
  }

 private:
  static int Find(int a, int b) {
    for (int c = 0; c < kMonomials; ++c) {
      if (kPowers[c].x == kPowers[a].x + kPowers[b].x &&
          kPowers[c].y == kPowers[a].y + kPowers[b].y &&
          kPowers[c].z == kPowers[a].z + kPowers[b].z) {
        return c;
      }
    }
    return -1;
  }
};

Polynomial Product(const Polynomial& a, const Polynomial& b) {
  static const Products products;
  Polynomial c = Polynomial::Zero();
  for (int i = 0; i < kMonomials; ++i) {
    if (a[i] == 0) continue;
    for (int j = 0; j < kMonomials; ++j) {
      if (b[j] != 0) c[products.of[i][j]] += a[i] * b[j];
    }
  }
  return c;
}

using PolynomialMatrix = std::array<std::array<Polynomial, 3>, 3>;
using Constraints = Eigen::Matrix<double, 10, kMonomials>;

Polynomial Determinant(const PolynomialMatrix& e) {
  const auto minor = [&e](int a, int b) {
    return Polynomial(Product(e[1][a], e[2][b]) - Product(e[1][b], e[2][a]));
  };
  return Product(e[0][0], minor(1, 2)) - Product(e[0][1], minor(0, 2)) +
         Product(e[0][2], minor(0, 1));
}

// det E = 0 and 2 E E' E - trace(E E') E = 0.
Constraints ConstraintsOf(const PolynomialMatrix& e) {
  PolynomialMatrix square;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      square[i][j].setZero();
      for (int k = 0; k < 3; ++k) square[i][j] += Product(e[i][k], e[j][k]);
    }
  }
  const Polynomial half =
      0.5 * (square[0][0] + square[1][1] + square[2][2]);
  for (int i = 0; i < 3; ++i) square[i][i] -= half;
  Constraints rows;
  rows.row(0) = Determinant(e).transpose();
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      Polynomial sum = Polynomial::Zero();
      for (int k = 0; k < 3; ++k) sum += Product(square[i][k], e[k][j]);
      rows.row(1 + 3 * i + j) = sum.transpose();
    }
  }
  return rows;
}

Eigen::Matrix3d CrossOf(const Eigen::Vector3d& a) {
  Eigen::Matrix3d m;
  m << 0, -a.z(), a.y(), a.z(), 0, -a.x(), -a.y(), a.x(), 0;
  return m;
}

Eigen::Matrix3d NearestRotation(const Eigen::Matrix3d& matrix) {
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(
      matrix, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Eigen::Matrix3d rotation = svd.matrixU() * svd.matrixV().transpose();
  if (rotation.determinant() < 0) {
    Eigen::Matrix3d u = svd.matrixU();
    u.col(2) *= -1;
    rotation = u * svd.matrixV().transpose();
  }
  return rotation;
}

}  // namespace

std::vector<Eigen::Matrix3d> SolveEssential(
    const std::array<Eigen::Vector3d, 5>& first,
    const std::array<Eigen::Vector3d, 5>& second) {
  Eigen::Matrix<double, 9, 9> equations = Eigen::Matrix<double, 9, 9>::Zero();
  for (int n = 0; n < 5; ++n) {
    for (int i = 0; i < 3; ++i) {
      equations.row(n).segment<3>(3 * i) = second[n][i] * first[n].transpose();
    }
  }
  const Eigen::JacobiSVD<Eigen::Matrix<double, 9, 9>> svd(equations,
                                                          Eigen::ComputeFullV);
  const Eigen::Matrix<double, 9, 4> basis = svd.matrixV().rightCols<4>();
  PolynomialMatrix e;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      e[i][j].setZero();
      const int entry = 3 * i + j;
      e[i][j][kX] = basis(entry, 0);
      e[i][j][kY] = basis(entry, 1);
      e[i][j][kZ] = basis(entry, 2);
      e[i][j][kOne] = basis(entry, 3);
    }
  }
  const Constraints constraints = ConstraintsOf(e);
  const Eigen::FullPivLU<Eigen::Matrix<double, 10, 10>> lu(
      constraints.leftCols<10>());
  if (!lu.isInvertible()) return {};
  const Eigen::Matrix<double, 10, 10> tail =
      lu.solve(constraints.rightCols<10>());
  // Multiplying by x, modulo the constraints, in the basis of the ten low
  // monomials x2 xy y2 xz yz z2 x y z 1.
  Eigen::Matrix<double, 10, 10> action = Eigen::Matrix<double, 10, 10>::Zero();
  constexpr std::array<int, 6> kHigh = {0, 1, 2, 4, 5, 7};
  for (int i = 0; i < 6; ++i) action.row(i) = -tail.row(kHigh[i]);
  action(6, 0) = action(7, 1) = action(8, 3) = action(9, 6) = 1;
  const Eigen::EigenSolver<Eigen::Matrix<double, 10, 10>> eigen(action);
  std::vector<Eigen::Matrix3d> solutions;
  for (int i = 0; i < 10; ++i) {
    if (std::abs(eigen.eigenvalues()[i].imag()) > 1e-9) continue;
    const Eigen::Matrix<double, 10, 1> v = eigen.eigenvectors().col(i).real();
    if (std::abs(v[9]) < 1e-12) continue;
    const Eigen::Vector4d place(v[6] / v[9], v[7] / v[9], v[8] / v[9], 1);
    const Eigen::Matrix<double, 9, 1> entries = (basis * place).normalized();
    Eigen::Matrix3d matrix;
    for (int n = 0; n < 9; ++n) matrix(n / 3, n % 3) = entries[n];
    if (matrix.allFinite()) solutions.push_back(matrix);
  }
  return solutions;
}

std::array<RelativeMotion, 4> MotionsOfEssential(
    const Eigen::Matrix3d& matrix) {
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(
      matrix, Eigen::ComputeFullU | Eigen::ComputeFullV);
  Eigen::Matrix3d u = svd.matrixU(), v = svd.matrixV();
  if (u.determinant() < 0) u = -u;
  if (v.determinant() < 0) v = -v;
  Eigen::Matrix3d quarter;
  quarter << 0, -1, 0, 1, 0, 0, 0, 0, 1;
  const Eigen::Matrix3d one = u * quarter * v.transpose();
  const Eigen::Matrix3d other = u * quarter.transpose() * v.transpose();
  const Eigen::Vector3d way = u.col(2);
  return {{{one, way}, {one, -way}, {other, way}, {other, -way}}};
}

Eigen::Matrix3d SolveHomography(const std::vector<Eigen::Vector3d>& first,
                                const std::vector<Eigen::Vector3d>& second) {
  // second x (H first) = 0; the sums are enough for the null vector.
  Eigen::Matrix<double, 9, 9> sums = Eigen::Matrix<double, 9, 9>::Zero();
  for (size_t n = 0; n < first.size(); ++n) {
    Eigen::Matrix<double, 3, 9> rows = Eigen::Matrix<double, 3, 9>::Zero();
    const Eigen::Matrix3d cross = CrossOf(second[n]);
    for (int i = 0; i < 3; ++i) {
      rows.middleCols<3>(3 * i) = cross.col(i) * first[n].transpose();
    }
    sums += rows.transpose() * rows;
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix<double, 9, 9>> eigen(sums);
  const Eigen::Matrix<double, 9, 1> entries = eigen.eigenvectors().col(0);
  Eigen::Matrix3d matrix;
  for (int n = 0; n < 9; ++n) matrix(n / 3, n % 3) = entries[n];
  return matrix;
}

std::vector<RelativeMotion> MotionsOfHomography(
    const Eigen::Matrix3d& matrix) {
  // Scaled so that the middle singular value is 1, and the sides agree.
  const double middle =
      Eigen::JacobiSVD<Eigen::Matrix3d>(matrix).singularValues()[1];
  if (!(middle > 1e-12)) return {};
  const Eigen::Matrix3d h =
      matrix / (matrix.determinant() < 0 ? -middle : middle);
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> eigen(h.transpose() * h);
  const double large = eigen.eigenvalues()[2], small = eigen.eigenvalues()[0];
  if (large - small < 1e-6) return {};
  Eigen::Vector3d v1 = eigen.eigenvectors().col(2);
  const Eigen::Vector3d v2 = eigen.eigenvectors().col(1);
  const Eigen::Vector3d v3 = eigen.eigenvectors().col(0);
  const double a = std::sqrt(std::max(0.0, 1 - small));
  const double b = std::sqrt(std::max(0.0, large - 1));
  std::vector<RelativeMotion> motions;
  for (const double sign : {1.0, -1.0}) {
    // A direction of the plane whose length does not change.
    const Eigen::Vector3d kept =
        (a * v1 + sign * b * v3) / std::sqrt(large - small);
    Eigen::Matrix3d from, to;
    const Eigen::Vector3d normal = v2.cross(kept);
    from << v2, kept, normal;
    const Eigen::Vector3d v2_there = h * v2, kept_there = h * kept;
    to << v2_there, kept_there, v2_there.cross(kept_there);
    const Eigen::Matrix3d rotation = NearestRotation(to * from.transpose());
    const Eigen::Vector3d way = (h - rotation) * normal;
    if (!(way.norm() > 1e-9)) continue;
    motions.push_back({rotation, way.normalized()});
    motions.push_back({rotation, -way.normalized()});
  }
  return motions;
}

}  // namespace sense::slam

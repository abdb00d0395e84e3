#ifndef SENSE_NATIVE_SLAM_BLOCK_SYSTEM_H_
#define SENSE_NATIVE_SLAM_BLOCK_SYSTEM_H_

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/SparseCholesky>
#include <Eigen/SparseCore>
#include <algorithm>
#include <utility>
#include <vector>

namespace sense::slam {

// A symmetric positive definite system of N x N blocks. Small or full ones are
// solved by a dense Cholesky decomposition, large sparse ones by a sparse one
// in approximate minimum degree order.
template <int N>
class BlockSystem {
 public:
  using Block = Eigen::Matrix<double, N, N>;

  // Which blocks (row, column) may differ from 0; row >= column. The diagonal
  // always may. Pairs may be given twice.
  void SetPattern(int rows, std::vector<std::pair<int, int>> pairs) {
    for (int row = 0; row < rows; ++row) pairs.push_back({row, row});
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    begin_.assign(rows + 1, 0);
    columns_.clear();
    for (const auto& [row, column] : pairs) {
      ++begin_[row + 1];
      columns_.push_back(column);
    }
    for (int row = 0; row < rows; ++row) begin_[row + 1] += begin_[row];
    blocks_.assign(columns_.size(), Block::Zero());
    const double full = 0.5 * rows * (rows + 1);
    dense_ = rows * N <= kSmall || columns_.size() > 0.5 * full;
    analyzed_ = false;
  }

  int rows() const { return static_cast<int>(begin_.size()) - 1; }

  void SetZero() {
    for (Block& block : blocks_) block.setZero();
  }

  // The place of a block among blocks(); row >= column.
  int Find(int row, int column) const {
    const auto first = columns_.begin() + begin_[row];
    const auto last = columns_.begin() + begin_[row + 1];
    return static_cast<int>(std::lower_bound(first, last, column) -
                            columns_.begin());
  }
  size_t size() const { return blocks_.size(); }
  // Calls work(row, column, block) for every block.
  template <class Work>
  void ForEach(Work&& work) const {
    for (int row = 0; row < rows(); ++row) {
      for (int n = begin_[row]; n < begin_[row + 1]; ++n) {
        work(row, columns_[n], blocks_[n]);
      }
    }
  }
  Block& At(int row, int column) { return blocks_[Find(row, column)]; }
  Block& operator[](int place) { return blocks_[place]; }
  Block& Diagonal(int row) { return blocks_[begin_[row + 1] - 1]; }
  const Block& Diagonal(int row) const { return blocks_[begin_[row + 1] - 1]; }

  // False where the matrix is not positive definite.
  bool Solve(const Eigen::VectorXd& right, Eigen::VectorXd* out) {
    return dense_ ? SolveDense(right, out) : SolveSparse(right, out);
  }

  // All of it, both triangles.
  Eigen::MatrixXd Dense() const {
    Eigen::MatrixXd lower = DenseLower();
    return lower.selfadjointView<Eigen::Lower>();
  }

 private:
  // Up to so many unknowns a dense decomposition costs milliseconds.
  static constexpr int kSmall = 360;

  Eigen::MatrixXd DenseLower() const {
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(rows() * N, rows() * N);
    for (int row = 0; row < rows(); ++row) {
      for (int n = begin_[row]; n < begin_[row + 1]; ++n) {
        m.template block<N, N>(row * N, columns_[n] * N) = blocks_[n];
      }
    }
    return m;
  }

  bool SolveDense(const Eigen::VectorXd& right, Eigen::VectorXd* out) {
    Eigen::MatrixXd m = DenseLower();
    const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> decomposed(m);
    if (decomposed.info() != Eigen::Success) return false;
    *out = decomposed.solve(right);
    return out->allFinite();
  }

  bool SolveSparse(const Eigen::VectorXd& right, Eigen::VectorXd* out) {
    FillSparse();
    if (!analyzed_) solver_.analyzePattern(sparse_);
    analyzed_ = true;
    solver_.factorize(sparse_);
    if (solver_.info() != Eigen::Success) return false;
    *out = solver_.solve(right);
    return out->allFinite();
  }

  // The upper triangle by columns, which is the lower one by rows.
  void FillSparse() {
    const int size = rows() * N;
    if (!analyzed_) {
      std::vector<int> counts(size);
      for (int row = 0; row < rows(); ++row) {
        for (int r = 0; r < N; ++r) {
          counts[row * N + r] = (begin_[row + 1] - begin_[row] - 1) * N + r + 1;
        }
      }
      sparse_.resize(size, size);
      sparse_.resizeNonZeros(0);
      sparse_.reserve(counts);
      for (int row = 0; row < rows(); ++row) {
        for (int r = 0; r < N; ++r) InsertColumn(row, r);
      }
      sparse_.makeCompressed();
    }
    double* value = sparse_.valuePtr();
    for (int row = 0; row < rows(); ++row) {
      for (int r = 0; r < N; ++r) value = WriteColumn(row, r, value);
    }
  }

  int Width(int row, int place, int r) const {
    return columns_[place] == row ? r + 1 : N;
  }
  void InsertColumn(int row, int r) {
    for (int n = begin_[row]; n < begin_[row + 1]; ++n) {
      for (int c = 0; c < Width(row, n, r); ++c) {
        sparse_.insert(columns_[n] * N + c, row * N + r) = 0;
      }
    }
  }
  double* WriteColumn(int row, int r, double* value) const {
    for (int n = begin_[row]; n < begin_[row + 1]; ++n) {
      for (int c = 0; c < Width(row, n, r); ++c) *value++ = blocks_[n](r, c);
    }
    return value;
  }

  std::vector<int> begin_ = {0};  // Where each row's blocks begin.
  std::vector<int> columns_;
  std::vector<Block> blocks_;
  bool dense_ = true, analyzed_ = false;
  Eigen::SparseMatrix<double> sparse_;
  Eigen::SimplicialLLT<Eigen::SparseMatrix<double>, Eigen::Upper> solver_;
};

}  // namespace sense::slam

#endif  // SENSE_NATIVE_SLAM_BLOCK_SYSTEM_H_

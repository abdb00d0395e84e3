#include "native/view_labelling.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace sense {
namespace {

constexpr float kImpossible = std::numeric_limits<float>::infinity();
constexpr int kFinalSweeps = 4;
constexpr int64_t kFacesBetweenStops = 1 << 14;

class Labelling {
 public:
  Labelling(const LabellingProblem& problem, int32_t* columns)
      : problem_(problem),
        width_(problem.candidate_count),
        columns_(columns),
        messages_(2 * problem.edge_count * problem.candidate_count, 0.0f),
        belief_(problem.candidate_count),
        sent_(problem.candidate_count) {
    CollectEdges();
  }

  bool Run(int iterations, const StopFlag* stop) {
    for (int round = 0; round < iterations; ++round) {
      if (!Sweep(stop, true) || !Sweep(stop, false)) return false;
    }
    Decode();
    for (int sweep = 0; sweep < kFinalSweeps; ++sweep) {
      if (Stopped(stop)) return false;
      if (!Improve()) break;
    }
    return true;
  }

 private:
  void CollectEdges() {
    first_.assign(problem_.face_count + 1, 0);
    for (int64_t end = 0; end < 2 * problem_.edge_count; ++end) {
      ++first_[problem_.edges[end] + 1];
    }
    for (int64_t face = 0; face < problem_.face_count; ++face) {
      first_[face + 1] += first_[face];
    }
    ends_.resize(2 * problem_.edge_count);
    std::vector<int64_t> next(first_.begin(), first_.end() - 1);
    for (int64_t end = 0; end < 2 * problem_.edge_count; ++end) {
      ends_[next[problem_.edges[end]]++] = end;
    }
  }

  // An end of an edge is numbered 2 * edge + side; its message is the one that
  // comes in there.
  const int32_t* Views(int64_t face) const {
    return problem_.views + face * width_;
  }
  int64_t FaceBeyond(int64_t end) const { return problem_.edges[end ^ 1]; }
  float Weight(int64_t end) const { return problem_.weights[end >> 1]; }
  float* Message(int64_t end) { return messages_.data() + end * width_; }

  bool HasCandidates(int64_t face) const {
    return std::any_of(Views(face), Views(face) + width_,
                       [](int32_t view) { return view >= 0; });
  }

  void StartBelief(int64_t face) {
    for (int k = 0; k < width_; ++k) {
      belief_[k] = Views(face)[k] < 0 ? kImpossible
                                      : problem_.costs[face * width_ + k];
    }
  }

  void AddMessage(int64_t end) {
    const float* message = Message(end);
    for (int k = 0; k < width_; ++k) belief_[k] += message[k];
  }

  bool Sweep(const StopFlag* stop, bool forward) {
    for (int64_t step = 0; step < problem_.face_count; ++step) {
      if (step % kFacesBetweenStops == 0 && Stopped(stop)) return false;
      PassOn(forward ? step : problem_.face_count - 1 - step, forward);
    }
    return true;
  }

  void PassOn(int64_t face, bool forward) {
    if (!HasCandidates(face)) return;
    StartBelief(face);
    int64_t later = 0;
    const int64_t count = first_[face + 1] - first_[face];
    for (int64_t n = first_[face]; n < first_[face + 1]; ++n) {
      AddMessage(ends_[n]);
      later += FaceBeyond(ends_[n]) > face;
    }
    const float share =
        1.0f / static_cast<float>(std::max<int64_t>({later, count - later, 1}));
    for (int64_t n = first_[face]; n < first_[face + 1]; ++n) {
      if ((FaceBeyond(ends_[n]) > face) == forward) Send(face, ends_[n], share);
    }
  }

  void Send(int64_t face, int64_t end, float share) {
    const float* came = Message(end);
    float least = kImpossible;
    for (int k = 0; k < width_; ++k) {
      sent_[k] = share * belief_[k] - came[k];
      least = std::min(least, sent_[k]);
    }
    const int32_t* beyond = Views(FaceBeyond(end));
    float* message = Message(end ^ 1);
    for (int k = 0; k < width_; ++k) {
      float cost = Weight(end);
      for (int own = 0; own < width_; ++own) {
        if (Views(face)[own] == beyond[k]) {
          cost = std::min(cost, sent_[own] - least);
        }
      }
      message[k] = beyond[k] < 0 ? 0.0f : cost;
    }
  }

  // Adds what disagreeing with the chosen view beyond an edge costs.
  void AddChoice(int64_t face, int64_t end) {
    const int64_t other = FaceBeyond(end);
    if (columns_[other] < 0) return;
    const int32_t chosen = Views(other)[columns_[other]];
    for (int k = 0; k < width_; ++k) {
      if (Views(face)[k] != chosen) belief_[k] += Weight(end);
    }
  }

  int32_t Best() const {
    const auto least = std::min_element(belief_.begin(), belief_.end());
    return *least == kImpossible ? -1
                                 : static_cast<int32_t>(least - belief_.begin());
  }

  void Decode() {
    for (int64_t face = 0; face < problem_.face_count; ++face) {
      StartBelief(face);
      for (int64_t n = first_[face]; n < first_[face + 1]; ++n) {
        if (FaceBeyond(ends_[n]) < face) {
          AddChoice(face, ends_[n]);
        } else {
          AddMessage(ends_[n]);
        }
      }
      columns_[face] = Best();
    }
  }

  bool Improve() {
    bool changed = false;
    for (int64_t face = 0; face < problem_.face_count; ++face) {
      StartBelief(face);
      for (int64_t n = first_[face]; n < first_[face + 1]; ++n) {
        AddChoice(face, ends_[n]);
      }
      const int32_t best = Best();
      if (best >= 0 && belief_[best] < belief_[columns_[face]]) {
        columns_[face] = best;
        changed = true;
      }
    }
    return changed;
  }

  const LabellingProblem& problem_;
  const int width_;
  int32_t* columns_;
  std::vector<float> messages_;
  std::vector<float> belief_, sent_;
  std::vector<int64_t> first_, ends_;  // The ends of edges at every face.
};

}  // namespace

bool LabelViews(const LabellingProblem& problem, int iterations,
                int32_t* columns, const StopFlag* stop) {
  return Labelling(problem, columns).Run(iterations, stop);
}

}  // namespace sense

// Standard containers of containers: what g++ must work hard for.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

template <class T> struct Tree {
  std::map<std::string, std::vector<std::shared_ptr<T>>> leaves;
  void add(const std::string &key, T value) { leaves[key].push_back(std::make_shared<T>(std::move(value))); }
  std::size_t count() const {
    std::size_t sum = 0;
    for (const auto &leaf : leaves) sum += leaf.second.size();
    return sum;
  }
};

std::size_t work(int n) {
  Tree<Tree<std::string>> forest;
  for (int i = 0; i < n; i++) {
    Tree<std::string> tree;
    tree.add(std::to_string(i), "leaf");
    forest.add(std::to_string(i % 7), tree);
  }
  std::vector<std::string> names;
  for (const auto &leaf : forest.leaves) names.push_back(leaf.first);
  std::sort(names.begin(), names.end(), [](const std::string &a, const std::string &b) { return a > b; });
  return forest.count() + names.size();
}

namespace Brink.Games;

/// <summary>Self-learning: a second, slow network learns to reach in one step what the first, fast one reaches in
/// several, and follows its weights (Chen et al. 2023).</summary>
/// <param name="From">Share of the epochs after which the slow network is made, as a copy of the fast one.</param>
/// <param name="Frequency">Number of steps of the fast network per step of the slow one.</param>
/// <param name="Memory">theta_slow becomes Memory theta_slow + (1 - Memory) theta_fast after each
/// update.</param>
public sealed record SlowOptimizer(double From = 0.1, int Frequency = 5, double Memory = 0.95);

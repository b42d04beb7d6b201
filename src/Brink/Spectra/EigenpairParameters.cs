namespace Brink.Spectra;

/// <summary>Number, accuracy and cost of the eigenpairs that a tracker follows.</summary>
/// <param name="Pairs">Number k of wanted pairs, at least 1.</param>
/// <param name="Tolerance">Residual tolerance of the wanted pairs, relative to the eigenvalue.</param>
/// <param name="Guards">Number of guard vectors below them, at least 1. An operator of dimension p has at most p pairs in
/// all.</param>
/// <param name="GuardTolerance">Residual tolerance of the guard vectors, relative to the largest magnitude; the error of their
/// values is about its square.</param>
/// <param name="MaxProducts">Number of products after which a call returns its present pairs, converged or not.</param>
/// <param name="Seed">Seed of the random start and of the noise.</param>
/// <param name="RefreshAfter">Largest number of consecutive calls without a refresh of the guard vectors; 0 refreshes them at
/// every call.</param>
public sealed record EigenpairParameters(
    int Pairs,
    double Tolerance,
    int Guards = 1,
    double GuardTolerance = 0.1,
    int MaxProducts = 400,
    long Seed = 0,
    int RefreshAfter = 0);

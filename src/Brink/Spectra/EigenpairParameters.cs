namespace Brink.Spectra;

/// <summary>Which eigenpairs a tracker follows, and how well.</summary>
/// <param name="Pairs">Wanted pairs k, at least 1.</param>
/// <param name="Tolerance">Of their residuals, relative to the eigenvalue.</param>
/// <param name="Guards">Guard vectors below them, at least 1. An operator of dimension p gives at most p pairs in all.</param>
/// <param name="GuardTolerance">Of the guard vectors' residuals; the error of their values is about its square.</param>
/// <param name="MaxProducts">Products after which a call gives what it has, not converged.</param>
/// <param name="Seed">Of the random start and of the noise.</param>
/// <param name="RefreshAfter">Calls in a row for which guard vectors may go without a refresh; 0 refreshes them always.</param>
public sealed record EigenpairParameters(
    int Pairs,
    double Tolerance,
    int Guards = 1,
    double GuardTolerance = 0.1,
    int MaxProducts = 400,
    long Seed = 0,
    int RefreshAfter = 0);

using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>How the normals P_U^perp D3L(u_i,u_j) turn over the step of descent that a projection takes back: from theta-dagger to
/// theta-dagger - eta grad L, where the first linear projection of the authors' code has them.</summary>
/// <remarks>The turn changes slowly: it is measured every few steps, at the cost of an expansion and of the third derivatives
/// there, and extrapolated linearly in between, at first over no more than twice the steps that lie behind.</remarks>
/// <param name="Last">The turn that was measured last [m,p].</param>
/// <param name="Before">The one measured before [m,p]; null where there is none.</param>
/// <param name="Span">Steps between the two.</param>
/// <param name="Age">Steps since the last one.</param>
public sealed record NormalTurn(Tensor Last, Tensor? Before, int Span, int Age) : IDisposable
{
    /// <summary>The turn at the next step [m,p], by those that were measured; null where it is to be measured again.</summary>
    /// <param name="every">Steps between two measurements.</param>
    internal Tensor? Next(int every) =>
        Before is null || Age + 1 >= Math.Min(every, 2 * Span) ? null : Last + ((Age + 1.0) / Span * (Last - Before));

    /// <summary>With the turn that was measured one step later.</summary>
    internal static NormalTurn With(NormalTurn? earlier, Tensor measured) =>
        new(measured.alias(), earlier?.Last.alias(), earlier is null ? 1 : earlier.Age + 1, 0);

    /// <summary>The same, one step later.</summary>
    internal NormalTurn Older() => new(Last.alias(), Before?.alias(), Span, Age + 1);

    /// <summary>It lives until it is disposed.</summary>
    internal NormalTurn Kept() => new(Last.alias().DetachFromDisposeScope(), Before?.alias().DetachFromDisposeScope(), Span, Age);

    internal void Save(Snapshot to)
    {
        to.Set("last", Last);
        if (Before is not null) to.Set("before", Before);
        to.Set("span", Span);
        to.Set("age", Age);
    }

    internal static NormalTurn Restored(Snapshot from) => new(
        from.Tensor("last"), from.Has("before") ? from.Tensor("before") : null, (int)from.Whole("span"), (int)from.Whole("age"));

    public void Dispose()
    {
        Last.Dispose();
        Before?.Dispose();
    }
}

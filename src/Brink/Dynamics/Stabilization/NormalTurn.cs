using Brink.Algebra;

namespace Brink.Dynamics.Stabilization;

/// <summary>The turn of the normals P_U^perp D3L(u_i,u_j) over the step of descent that a projection reverses: from
/// theta-dagger to theta-dagger - eta grad L, where the first linear projection of the authors' code has them.</summary>
/// <remarks>The turn changes slowly. It is measured every few steps, at the cost of an expansion and of the third derivatives
/// there, and extrapolated linearly in between; at first only over fewer than twice the steps between the last two
/// measurements.</remarks>
/// <param name="Last">Last measured turn [m,p].</param>
/// <param name="Before">Turn measured before it [m,p]; null if there is none.</param>
/// <param name="Span">Steps between the two.</param>
/// <param name="Age">Steps since the last measurement.</param>
public sealed record NormalTurn(Tensor Last, Tensor? Before, int Span, int Age) : IDisposable
{
    /// <summary>Extrapolates the turn at the next step [m,p]; null if it has to be measured again.</summary>
    /// <param name="every">Steps between two measurements.</param>
    internal Tensor? Next(int every) =>
        Before is null || Age + 1 >= Math.Min(every, 2 * Span) ? null : Last + ((Age + 1.0) / Span * (Last - Before));

    /// <summary>Adds the turn measured at the next step.</summary>
    internal static NormalTurn With(NormalTurn? earlier, Tensor measured) =>
        new(measured.alias(), earlier?.Last.alias(), earlier is null ? 1 : earlier.Age + 1, 0);

    /// <summary>Returns the same turns, one step later.</summary>
    internal NormalTurn OneStepLater() => new(Last.alias(), Before?.alias(), Span, Age + 1);

    /// <summary>Returns the same turns, detached from the dispose scope.</summary>
    internal NormalTurn Detached() => new(Last.alias().DetachFromDisposeScope(), Before?.alias().DetachFromDisposeScope(), Span, Age);

    internal void Save(Snapshot to)
    {
        to.Set("last", Last);
        if (Before is not null) to.Set("before", Before);
        to.Set("span", Span);
        to.Set("age", Age);
    }

    internal static NormalTurn Restored(Snapshot from) => new(
        from.Tensor("last"), from.Has("before") ? from.Tensor("before") : null, (int)from.Whole("span"), (int)from.Whole("age"));

    /// <inheritdoc/>
    public void Dispose()
    {
        Last.Dispose();
        Before?.Dispose();
    }
}

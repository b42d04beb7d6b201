using System.Runtime.InteropServices;

namespace Brink.Taylor;

/// <summary>A tile of samples, and the start of its part of the expansions' memory.</summary>
/// <param name="Tape">Tape of its loss.</param>
/// <param name="Memory">Places of its coefficients.</param>
/// <param name="KeptStart">Start in what an expansion keeps, in elements; -1 if the tile is beyond the budget and computed
/// again for each call.</param>
/// <param name="FirstOrderStart">Start in the first orders of all tiles, in elements.</param>
internal sealed record Tile(Tape Tape, TapeMemory Memory, long KeptStart, long FirstOrderStart);

/// <summary>One coefficient of all shared nodes.</summary>
/// <param name="Theta">Address of the coefficient of theta, or of a direction [p].</param>
/// <param name="Others">Address of the coefficients of the other shared nodes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SharedCoefficient(nint Theta, nint Others)
{
    /// <summary>Sets the addresses of all shared nodes.</summary>
    public void Place(SharedNodes shared, nint[] addresses, int size)
    {
        for (var i = 0; i < shared.Nodes.Count; i++)
        {
            var place = shared.Place(i);
            addresses[i] = place < shared.Dimension
                ? Theta + (nint)(place * size)
                : Others + (nint)((place - shared.Dimension) * size);
        }
    }
}

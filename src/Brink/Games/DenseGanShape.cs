namespace Brink.Games;

/// <summary>Sizes of a GAN: a generator and a discriminator, both dense with relu between their layers.</summary>
/// <param name="Latent">Inputs of the generator per sample.</param>
/// <param name="Width">Hidden units per layer of both networks.</param>
/// <param name="Depth">Hidden layers of both networks.</param>
/// <param name="Dimension">Numbers per sample of the data.</param>
/// <param name="InputScale">Factor of the discriminator's input.</param>
public sealed record DenseGanShape(int Latent, int Width, int Depth, int Dimension = 2, double InputScale = 1)
{
    // Kinds of layers: first, hidden, last. Each has a matrix and a bias.
    private const int Kinds = 3;

    /// <summary>Number of the parameters of the generator and of the discriminator.</summary>
    public IReadOnlyList<long> Players => [Size(Generator), Size(Discriminator)];

    /// <summary>Matrices and biases in their order: for each layer its matrix [out,in] by rows, then its bias. The groups are the
    /// first, the hidden and the last layers of each network, so that rules for one depth apply to every other.</summary>
    public IReadOnlyList<RulePart> Parts => [.. PartsOf(0, Generator), .. PartsOf(1, Discriminator)];

    /// <summary>Returns samples [B,n,d] of the generators with parameters w [B,p] and inputs z [B,n,latent].</summary>
    public Tensor Generated(Tensor w, Tensor z)
    {
        using var scope = NewDisposeScope();
        var (units, at) = (Generator, 0L);
        for (var layer = 1; layer < units.Length; layer++)
        {
            var (i, o) = (units[layer - 1], units[layer]);
            var matrix = w.narrow(1, at, (long)o * i).view(-1, o, i);
            z = z.bmm(matrix.transpose(1, 2)) + w.narrow(1, at + ((long)o * i), o).unsqueeze(1);
            if (layer < units.Length - 1) z = z.relu();
            at += (long)o * (i + 1);
        }
        return scope.MoveToOuter(z);
    }

    /// <summary>Numbers of units of the generator, from its input to its output.</summary>
    internal int[] Generator => [Latent, .. Enumerable.Repeat(Width, Depth), Dimension];

    /// <summary>Numbers of units of the discriminator, from its input to its output.</summary>
    internal int[] Discriminator => [Dimension, .. Enumerable.Repeat(Width, Depth), 1];

    private static IEnumerable<RulePart> PartsOf(int player, int[] units)
    {
        for (var layer = 1; layer < units.Length; layer++)
        {
            var kind = layer == 1 ? 0 : layer == units.Length - 1 ? Kinds - 1 : 1;
            var group = 2 * ((player * Kinds) + kind);
            yield return new(player, group, (long)units[layer] * units[layer - 1]);
            yield return new(player, group + 1, units[layer]);
        }
    }

    private static long Size(int[] units) =>
        Enumerable.Range(1, units.Length - 1).Sum(layer => (long)units[layer] * (units[layer - 1] + 1));
}

namespace Brink.Lab;

/// <summary>How large GANs are that are trained side by side.</summary>
/// <param name="Width">Hidden units of generator and discriminator.</param>
/// <param name="Depth">Hidden layers of both.</param>
/// <param name="Latent">Numbers that a sample is made of.</param>
/// <param name="Samples">Of a step, real and made.</param>
/// <param name="Count">GANs.</param>
internal sealed record GanSize(double Width, double Depth, double Latent, double Samples, double Count)
{
    // Of each parameter in float32: its value, xi, two products, a move, and what differentiation holds beside.
    private const double Copies = 8;

    private double Parameters => ((Latent + 2) * Width) + (2 * (Depth - 1) * Width * Width) + (3 * Width);

    /// <summary>That some steps take at least, differentiated together.</summary>
    public double Bytes(double steps) => sizeof(float) * Count * ((Copies * Parameters) + (steps * Samples * (Latent + (3 * Depth * Width))));
}

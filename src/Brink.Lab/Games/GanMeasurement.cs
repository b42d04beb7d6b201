using System.Runtime.InteropServices;

namespace Brink.Lab;

/// <summary>What the samples of one GAN are like.</summary>
/// <param name="Modes">Modes of the data that the samples cover.</param>
/// <param name="Share">Share of the samples near a mode.</param>
/// <param name="Mmd2">Squared maximum mean discrepancy from the data.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GanMeasurement(int Modes, double Share, double Mmd2);

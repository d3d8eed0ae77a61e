<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text"/>
  <xsl:template match="/entries">
    <xsl:for-each select="entry">
      <xsl:sort select="@amount" data-type="number"/>
      <xsl:value-of select="concat(@amount, ' ')"/>
    </xsl:for-each>
    <xsl:value-of select="concat('sum ', sum(entry/@amount))"/>
  </xsl:template>
</xsl:stylesheet>
